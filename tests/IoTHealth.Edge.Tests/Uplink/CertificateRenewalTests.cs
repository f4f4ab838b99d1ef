using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>Renewal by EST against a server that plays the cloud.</summary>
public sealed class CertificateRenewalTests : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly TestCertificates _certificates;
    private readonly int _port = FreePort.Take();
    private readonly List<string> _shown = [];
    private WebApplication _server = null!;
    private string _answerName = "gw-01";
    private int _status = 200;

    public CertificateRenewalTests() => _certificates = new TestCertificates(_folder.Path, TimeProvider.System);

    private CertificateFiles Files => new(_folder.File("gw.pem"), _folder.File("gw.key"));

    public async ValueTask InitializeAsync()
    {
        _certificates.Issue("server");
        using var pem = X509Certificate2.CreateFromPemFile(_folder.File("server.pem"), _folder.File("server.key"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.ListenLocalhost(_port, listen => listen.UseHttps(https =>
        {
            https.ServerCertificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.AllowAnyClientCertificate();
        })));
        _server = builder.Build();
        _server.MapPost("/.well-known/est/simplereenroll", (Delegate)EnrolAsync);
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _certificates.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(-20, -3)]
    [InlineData(-70, 20)]
    public async Task An_expired_certificate_or_one_in_its_last_third_is_renewed_with_a_new_key(int fromDays, int untilDays)
    {
        var old = Issue(fromDays, untilDays);
        using var renewal = Renewal();
        Assert.NotNull(await renewal.RenewWhereDueAsync(CancellationToken.None));
        using var now = Files.Load();
        Assert.Equal([old.SerialNumber], _shown);
        Assert.NotEqual(old.PublicKey.ExportSubjectPublicKeyInfo(), now.PublicKey.ExportSubjectPublicKeyInfo());
        Assert.True(now.NotAfter > TimeProvider.System.GetLocalNow().DateTime.AddDays(80));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("gw.key")));
        Assert.Null(await renewal.RenewWhereDueAsync(CancellationToken.None));
    }

    [Fact]
    public async Task One_that_is_good_for_long_is_left_alone()
    {
        Issue(-10, 80);
        using var renewal = Renewal();
        Assert.Null(await renewal.RenewWhereDueAsync(CancellationToken.None));
        Assert.Empty(_shown);
    }

    [Theory]
    [InlineData(403, "gw-01", "403")]
    [InlineData(200, "gw-02", "is not of gw-01")]
    public async Task An_answer_that_is_of_no_use_leaves_the_old_one_in_place(int status, string name, string reason)
    {
        var old = Issue(-20, -3);
        (_status, _answerName) = (status, name);
        using var renewal = Renewal();
        var failure = await Assert.ThrowsAsync<IOException>(() => renewal.RenewWhereDueAsync(CancellationToken.None));
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
        using var now = Files.Load();
        Assert.Equal(old.SerialNumber, now.SerialNumber);
    }

    [Fact]
    public async Task It_is_tried_again_until_the_server_is_back()
    {
        Issue(-20, -3);
        _status = 503;
        await using var clock = new RunningClock();
        clock.Time.AdjustTime(TimeProvider.System.GetUtcNow());
        using var renewal = new CertificateRenewal("gw-01", Settings, clock.Time, NullLogger<CertificateRenewal>.Instance);
        await renewal.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("tried three times", () => _shown.Count >= 3, TimeSpan.FromSeconds(20));
        _status = 200;
        await Eventually.HoldsAsync(
            "renewed",
            () =>
            {
                using var now = Files.Load();
                return now.NotAfter > TimeProvider.System.GetLocalNow().DateTime;
            },
            TimeSpan.FromSeconds(20));
        await renewal.StopAsync(CancellationToken.None);
    }

    private UplinkSettings Settings => new(
        "127.0.0.1", 1, HubDouble.Host, Ca: _certificates.AuthorityFile, Certificate: _folder.File("gw.pem"), Key: _folder.File("gw.key"),
        Renewal: new RenewalSettings(new Uri($"https://localhost:{_port}/")));

    private CertificateRenewal Renewal() =>
        new("gw-01", Settings, new FakeTimeProvider(TimeProvider.System.GetUtcNow()), NullLogger<CertificateRenewal>.Instance);

    private X509Certificate2 Issue(int fromDays, int untilDays)
    {
        var certificate = _certificates.Client("gw-01", TimeProvider.System.GetUtcNow().AddDays(fromDays), TimeProvider.System.GetUtcNow().AddDays(untilDays));
        File.WriteAllText(_folder.File("gw.pem"), certificate.ExportCertificatePem());
        Testing.SecretFile.Write(_folder.File("gw.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return certificate;
    }

    private async Task<IResult> EnrolAsync(HttpContext context)
    {
        lock (_shown)
        {
            _shown.Add(context.Connection.ClientCertificate!.SerialNumber);
        }

        if (_status != 200)
        {
            return Results.StatusCode(_status);
        }

        using var reader = new StreamReader(context.Request.Body);
        var asked = CertificateRequest.LoadSigningRequest(
            Convert.FromBase64String(await reader.ReadToEndAsync()), HashAlgorithmName.SHA256, CertificateRequestLoadOptions.Default);
        using var authority = X509Certificate2.CreateFromPemFile(_certificates.AuthorityFile, _certificates.AuthorityKeyFile());
        var request = new CertificateRequest(new X500DistinguishedName($"CN={_answerName}"), asked.PublicKey, HashAlgorithmName.SHA256);
        using var issued = request.Create(authority, TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddDays(90), RandomNumberGenerator.GetBytes(16));
        var answer = new X509Certificate2Collection { authority, issued }.Export(X509ContentType.Pkcs7)!;
        return Results.Text(Convert.ToBase64String(answer), "application/pkcs7-mime");
    }
}
