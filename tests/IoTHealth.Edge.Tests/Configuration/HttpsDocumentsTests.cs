using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IoTHealth.Edge.Configuration;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using SecretFile = IoTHealth.Testing.SecretFile;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>Whatever lets the gateway into the hub also fetches its signed documents.</summary>
public sealed class HttpsDocumentsTests : IAsyncLifetime
{
    private static readonly UplinkSettings Uplink = new("127.0.0.1", 1, "hub.iothealth.local");

    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates;
    private DocumentServer _server = null!;

    public HttpsDocumentsTests()
    {
        _certificates = new TestCertificates(_folder.Path, TimeProvider.System);
        _certificates.Issue("server");
        SecretFile.Write(_folder.File("gw-01.key"), Convert.ToBase64String(new byte[32]));
    }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_box_with_a_certificate_shows_it_and_the_next_one_once_the_files_are_replaced()
    {
        await StartAsync(ClientCertificateMode.RequireCertificate);
        var uplink = Uplink with { Certificate = _folder.File("gw.pem"), Key = _folder.File("gw.key"), Ca = _certificates.AuthorityFile };
        var source = Source(uplink);
        string[] shown = [Issue(), Issue()];

        Assert.Equal(_server.Body, await FetchAsync(source));
        var third = Issue();
        Assert.Equal(_server.Body, await FetchAsync(source));

        Assert.Equal([shown[1], third], _server.Certificates);
        Assert.All(_server.Authorizations, Assert.Empty);
    }

    [Fact]
    public async Task A_box_with_a_key_has_nothing_to_show_to_a_server_that_wants_a_certificate()
    {
        await StartAsync(ClientCertificateMode.RequireCertificate);
        var refusal = await Assert.ThrowsAsync<IOException>(() => FetchAsync(Source(Uplink with { KeyFile = _folder.File("gw-01.key"), Ca = _certificates.AuthorityFile })));
        Assert.Contains("could not be asked", refusal.Message, StringComparison.Ordinal);
        Assert.Empty(_server.Certificates);
    }

    [Fact]
    public async Task A_certificate_that_is_not_there_is_said_and_nothing_is_asked()
    {
        await StartAsync(ClientCertificateMode.AllowCertificate);
        var uplink = Uplink with { Certificate = _folder.File("gw.pem"), Key = _folder.File("gw.key"), Ca = _certificates.AuthorityFile };
        Assert.Contains("gw.key", (await Assert.ThrowsAsync<IOException>(() => FetchAsync(Source(uplink)))).Message, StringComparison.Ordinal);
        Assert.Empty(_server.Certificates);
    }

    [Fact]
    public async Task A_module_asks_with_a_token_that_the_workload_api_signed()
    {
        await StartAsync(ClientCertificateMode.NoCertificate);
        var key = RandomNumberGenerator.GetBytes(32);
        await using var api = await WorkloadAsync(key);
        var workload = new WorkloadSettings($"unix://{_folder.File("workload.sock")}", "box-7", "gateway", "638");

        Assert.Equal(_server.Body, await FetchAsync(Source(Uplink with { Workload = workload, Ca = _certificates.AuthorityFile })));

        var fields = Assert.Single(_server.Authorizations).Replace("SharedAccessSignature ", "", StringComparison.Ordinal)
            .Split('&').Select(field => field.Split('=', 2)).ToDictionary(field => field[0], field => field[1]);
        Assert.Equal("hub.iothealth.local/devices/box-7/modules/gateway", Uri.UnescapeDataString(fields["sr"]));
        Assert.Equal(
            Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{fields["sr"]}\n{fields["se"]}"))), Uri.UnescapeDataString(fields["sig"]));
    }

    [Fact]
    public async Task A_workload_api_that_does_not_answer_may_answer_later()
    {
        await StartAsync(ClientCertificateMode.NoCertificate);
        var workload = new WorkloadSettings($"unix://{_folder.File("nobody.sock")}", "box-7", "gateway", "638");
        await Assert.ThrowsAsync<IOException>(() => FetchAsync(Source(Uplink with { Workload = workload, Ca = _certificates.AuthorityFile })));
        Assert.Empty(_server.Authorizations);
    }

    private async Task StartAsync(ClientCertificateMode mode)
    {
        _server = new DocumentServer(_folder.File("server.pem"), _folder.File("server.key"), mode) { Body = RandomNumberGenerator.GetBytes(1000) };
        await _server.StartAsync();
    }

    private async Task<WebApplication> WorkloadAsync(byte[] key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(_folder.File("workload.sock")));
        var api = builder.Build();
        api.MapPost("/modules/gateway/genid/638/sign", async (HttpRequest request) =>
        {
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body);
            return Results.Json(new { digest = Convert.ToBase64String(HMACSHA256.HashData(key, body.GetProperty("data").GetBytesFromBase64())) });
        });
        await api.StartAsync(TestContext.Current.CancellationToken);
        return api;
    }

    private HttpsDocuments Source(UplinkSettings uplink) => new(Sample.Configuration(_folder.Path) with { Uplink = uplink }, TimeProvider.System);

    private Task<byte[]> FetchAsync(HttpsDocuments source) => source.FetchAsync(_server.Url, TestContext.Current.CancellationToken);

    private string Issue()
    {
        using var certificate = _certificates.Client("gw-01");
        File.WriteAllText(_folder.File("gw.pem"), certificate.ExportCertificatePem());
        SecretFile.Write(_folder.File("gw.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return certificate.SerialNumber;
    }
}
