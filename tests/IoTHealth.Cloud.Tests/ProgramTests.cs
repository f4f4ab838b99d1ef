using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests;

/// <summary>The program as a process: how it fails at start, how it stops, and that kill -9 costs nothing acknowledged.</summary>
public sealed class ProgramTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CloudFolder _folder = new();

    private static string Program => Path.Combine(AppContext.BaseDirectory, "IoTHealth.Cloud");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_whole_configuration_passes_the_check() => Assert.Equal(0, await CheckAsync());

    [Fact]
    public async Task It_serves_and_stops_cleanly()
    {
        await using var server = Start("run");
        var ready = await server.ReadyAsync(Patience);

        Assert.Equal(["api", "hub"], ready.Keys.Order());
        Assert.Equal(0, await server.StopAsync(Patience));
    }

    [Theory]
    [InlineData("gw-01.key", UnixFileMode.UserRead | UnixFileMode.OtherRead)]
    [InlineData("cloud.key", UnixFileMode.UserRead | UnixFileMode.GroupRead)]
    public async Task A_secret_that_others_can_read_stops_it(string file, UnixFileMode mode)
    {
        File.SetUnixFileMode(_folder.Folder.File(file), mode);
        await FailsAsync(file, "0600");
    }

    [Theory]
    [InlineData("gw-01.key")]
    [InlineData("cloud.key")]
    [InlineData("cloud.pem")]
    [InlineData("ca.pem")]
    [InlineData("residents.yaml")]
    public async Task A_missing_file_stops_it(string file)
    {
        File.Delete(_folder.Folder.File(file));
        await FailsAsync(file, "no such file");
    }

    [Fact]
    public async Task A_mistake_in_the_configuration_is_told_with_its_line()
    {
        await File.AppendAllTextAsync(_folder.Configuration, "\nshards: 3\n", TestContext.Current.CancellationToken);
        await FailsAsync("cloud.yaml:7:", "shards");
    }

    [Fact]
    public async Task A_key_that_is_no_key_stops_it()
    {
        SecretFile.Write(_folder.Folder.File("gw-01.key"), "c2hvcnQ=");
        await FailsAsync("gw-01.key", "32 bytes");
    }

    [Fact]
    public async Task A_key_file_that_is_empty_stops_it()
    {
        SecretFile.Write(_folder.Folder.File("gw-01.key"), "");
        await FailsAsync("gw-01.key", "empty");
    }

    [Fact]
    public async Task A_mistake_in_the_residents_file_is_told_with_its_line()
    {
        _folder.WriteResidents(ResidentsText.Of("permit", ResidentsText.Assignment("r-009")));
        await FailsAsync("residents.yaml:12:", "r-009");
    }

    [Fact]
    public async Task A_configuration_document_is_signed_by_an_operators_key()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var document = "version: \"1\"\ngateway: gw-01\n"u8.ToArray();
        await SignAsync(0, key.ExportPkcs8PrivateKeyPem(), document);

        var signed = JsonNode.Parse(await File.ReadAllTextAsync(_folder.Folder.File("signed.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal(document, Convert.FromBase64String((string)signed["document"]!));
        Assert.True(key.VerifyData(
            document, Convert.FromBase64String((string)signed["signature"]!), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));

        await SignAsync(2, key.ExportPkcs8PrivateKeyPem(), "gateway: gw-01\n"u8.ToArray(), "version");
        await SignAsync(2, "no key", document, "operator.key");
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        await SignAsync(2, other.ExportPkcs8PrivateKeyPem(), document, "P-256");
    }

    [Fact]
    public async Task An_unknown_option_is_bad_usage()
    {
        await using var server = Start("serve");
        Assert.Equal(2, await server.ExitAsync());
    }

    [Fact]
    public async Task Whatever_was_acknowledged_survives_kill_9()
    {
        var acknowledged = 0;
        for (var round = 0; round < 3; round++)
        {
            await using var server = Start("run");
            await using var gateway = await ConnectAsync(server);
            var killed = KillAfterAsync(server, () => acknowledged >= 40 * (round + 1));
            await PublishUntilKilledAsync(gateway, () => acknowledged++);
            await killed;
        }

        await using var log = Cloud.Log.SqliteMeasurementLog.Open(_folder.Folder.File("data/log.db"));
        var received = await log.ReceivedAsync(Readings.Journal, TestContext.Current.CancellationToken);
        Assert.Empty(received.Missing(1, acknowledged));

        async Task PublishUntilKilledAsync(Gateway gateway, Action count)
        {
            try
            {
                while (true)
                {
                    await gateway.PublishAsync(Readings.HeartRates(acknowledged + 1, 1));
                    count();
                }
            }
            catch (Exception)
            {
                // Killed in the middle of a publish: that one was not acknowledged.
            }
        }
    }

    private static async Task KillAfterAsync(ServerProcess server, Func<bool> condition)
    {
        await Eventually.HoldsAsync("enough is acknowledged", condition, Patience);
        await server.KillAsync();
    }

    private async Task<Gateway> ConnectAsync(ServerProcess server)
    {
        var hub = IPEndPoint.Parse((await server.ReadyAsync(Patience))["hub"]);
        return await Gateway.ConnectAsync("gw-01", _folder.Key, hub, _folder.Certificates.AuthorityFile);
    }

    private async Task<int> CheckAsync()
    {
        await using var server = Start("check");
        return await server.ExitAsync();
    }

    private async Task SignAsync(int exit, string key, byte[] document, string saying = "")
    {
        SecretFile.Write(_folder.Folder.File("operator.key"), key);
        await File.WriteAllBytesAsync(_folder.Folder.File("edge.yaml"), document, TestContext.Current.CancellationToken);
        await using var sign = ServerProcess.Start(new ServerCommand(
            "sign", Program,
            ["sign-configuration", "--key", _folder.Folder.File("operator.key"), "--in", _folder.Folder.File("edge.yaml"), "--out", _folder.Folder.File("signed.json")],
            _folder.Folder.File("sign.log")));
        Assert.Equal(exit, await sign.ExitAsync());
        Assert.Contains(saying, sign.Output, StringComparison.Ordinal);
    }

    private async Task FailsAsync(params string[] saying)
    {
        await using var server = Start("check");
        Assert.Equal(2, await server.ExitAsync());
        Assert.All(saying, part => Assert.Contains(part, server.Output, StringComparison.Ordinal));
    }

    private ServerProcess Start(string verb) => ServerProcess.Start(new ServerCommand(
        "cloud", Program, [verb, "--config", _folder.Configuration], _folder.Folder.File("cloud.log")));
}
