using System.Security.Cryptography;
using System.Text.Json;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>The gateway as an Azure IoT Edge module: a workload API on a Unix socket signs, edgeHub takes.</summary>
public sealed class WorkloadCredentialTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly List<string> _asked = [];
    private WebApplication _api = null!;
    private SqliteJournal _journal = null!;

    private string Socket => _folder.File("workload.sock");

    private WorkloadSettings Workload => new($"unix://{Socket}", "box-7", "gateway", "638");

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenUnixSocket(Socket));
        _api = builder.Build();
        _api.MapPost("/modules/{module}/genid/{generation}/sign", async (string module, string generation, HttpRequest request) =>
        {
            _asked.Add($"{module} {generation} {request.Query["api-version"]}");
            var body = await JsonSerializer.DeserializeAsync<JsonElement>(request.Body);
            Assert.Equal(("primary", "HMACSHA256"), (body.GetProperty("keyId").GetString(), body.GetProperty("algo").GetString()));
            return Results.Json(new { digest = Convert.ToBase64String(HMACSHA256.HashData(_key, body.GetProperty("data").GetBytesFromBase64())) });
        });
        _api.MapGet("/trust-bundle", () => Results.Json(new { certificate = File.ReadAllText(_folder.File("ca.pem")) }));
        await _api.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _api.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Signs_by_the_workload_api_trusts_its_bundle_and_sends_as_a_module()
    {
        await using var hub = new HubDouble(_folder) { Client = "box-7/gateway", Accepts = IsSigned };
        await hub.StartAsync();
        using var transport = new HubTransport("gw-01", hub.Settings with { KeyFile = null, Ca = null, Workload = Workload }, TimeProvider.System);
        using var uplink = new CloudUplink(_journal, transport, TimeProvider.System, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.SeesAsync("sent", _ => Task.FromResult((uplink.State, uplink.Behind)), seen => seen.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Contains("devices/box-7/modules/gateway/messages/events/", hub.Log);
        Assert.Equal("gateway 638 2019-01-30", Assert.Single(_asked));
        Assert.Equal("gw-01", Assert.Single(hub.Batches).Journal.Gateway);
    }

    [Fact]
    public async Task A_workload_api_that_does_not_answer_is_said()
    {
        await using var hub = new HubDouble(_folder);
        await hub.StartAsync();
        var workload = Workload with { Uri = $"unix://{_folder.File("nobody.sock")}" };
        using var transport = new HubTransport("gw-01", hub.Settings with { KeyFile = null, Workload = workload }, TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(() => transport.ConnectAsync(CancellationToken.None));
        Assert.Empty(hub.Log);
    }

    [Fact]
    public void What_neither_configuration_nor_environment_says_stops_the_start() => Assert.Contains(
        "IOTEDGE_MODULEID",
        Assert.Throws<IOException>(() => new HubTransport(
            "gw-01", new UplinkSettings("edgehub", 8883, "hub", Workload: Workload with { Module = null }), TimeProvider.System)).Message,
        StringComparison.Ordinal);

    private bool IsSigned(string password)
    {
        var fields = password.Replace("SharedAccessSignature ", "", StringComparison.Ordinal).Split('&').Select(f => f.Split('=', 2)).ToDictionary(f => f[0], f => f[1]);
        var expected = Convert.ToBase64String(HMACSHA256.HashData(_key, System.Text.Encoding.UTF8.GetBytes($"{fields["sr"]}\n{fields["se"]}")));
        return Uri.UnescapeDataString(fields["sr"]) == $"{HubDouble.Host}/devices/box-7/modules/gateway" && Uri.UnescapeDataString(fields["sig"]) == expected;
    }
}
