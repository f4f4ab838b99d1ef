using System.Globalization;
using System.Security.Authentication;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Reports;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Management;

/// <summary>No socket that leaves the box speaks TLS below 1.2, in either direction. OpenSSL is the other side, and can speak 1.1.</summary>
public sealed class TlsFloorTests
{
    private const string Weak = "DEFAULT@SECLEVEL=0";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task The_doors_for_devices_reports_and_people_let_TLS_1_2_in_and_1_1_not()
    {
        var openssl = Require.Program("openssl");
        await using var gateway = await BuiltGateway.StartAsync(
            ", certificate: edge.pem, key: edge.key", "mllp: { address: 127.0.0.1, port: 0, certificate: edge.pem, key: edge.key }");
        foreach (var (door, port) in new[] { ("mqtt", gateway.MqttPort), ("mllp", gateway.Part<MllpListener>().EndPoint.Port), ("api", gateway.Address.Port) })
        {
            Assert.True(await ShakesHandsAsync(openssl, port, "-tls1_2"), $"{door} takes TLS 1.2");
            Assert.False(await ShakesHandsAsync(openssl, port, "-tls1_1"), $"{door} refuses TLS 1.1");
        }
    }

    [Fact]
    public async Task The_client_of_this_test_can_speak_TLS_1_1()
    {
        using var folder = BuiltGateway.Prepare();
        var (server, port) = await ServeAsync(folder, "-tls1_1");
        await using (server)
        {
            Assert.True(await ShakesHandsAsync(Require.Program("openssl"), port, "-tls1_1"));
        }
    }

    [Theory]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_1", false)]
    public async Task Webhooks_and_InfluxDB_are_spoken_to_by_TLS_1_2(string version, bool isTaken)
    {
        using var folder = BuiltGateway.Prepare();
        var (server, port) = await ServeAsync(folder, version);
        await using (server)
        {
            using var http = TrustedHttp.Client(folder.File("ca.pem"), Patience);
            var attempt = () => http.GetAsync(new Uri($"https://127.0.0.1:{port}/"), TestContext.Current.CancellationToken);
            if (isTaken)
            {
                Assert.True((await attempt()).IsSuccessStatusCode);
            }
            else
            {
                Assert.IsType<AuthenticationException>((await Assert.ThrowsAsync<HttpRequestException>(attempt)).InnerException);
            }
        }
    }

    [Theory]
    [InlineData("-tls1_2", true)]
    [InlineData("-tls1_1", false)]
    public async Task The_cloud_is_spoken_to_by_TLS_1_2(string version, bool isTaken)
    {
        using var folder = BuiltGateway.Prepare();
        Testing.SecretFile.Write(folder.File("gw-01.key"), Convert.ToBase64String(new byte[32]));
        var (server, port) = await ServeAsync(folder, version);
        await using (server)
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(5));
            using var transport = new HubTransport("gw-01", new UplinkSettings("127.0.0.1", port, "hub.iothealth.local", folder.File("gw-01.key"), folder.File("ca.pem")), TimeProvider.System);

            // OpenSSL answers no MQTT: the attempt fails either way, and at the handshake only where the version is refused.
            Exception? failure = await Assert.ThrowsAnyAsync<Exception>(() => transport.ConnectAsync(limit.Token));
            var reasons = new List<Exception>();
            for (; failure is not null; failure = failure.InnerException)
            {
                reasons.Add(failure);
            }

            Assert.Equal(isTaken, !reasons.Any(reason => reason is AuthenticationException));
        }
    }

    private static async Task<bool> ShakesHandsAsync(string openssl, int port, string version)
    {
        var run = await CommandRun.OfAsync(
            openssl, ["s_client", "-connect", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), version, "-cipher", Weak], Patience);
        return run.ExitCode == 0 && run.Output.Contains("BEGIN CERTIFICATE", StringComparison.Ordinal);
    }

    private static async Task<(ServerProcess Server, int Port)> ServeAsync(TestFolder folder, string version)
    {
        var port = FreePort.Take();
        var server = ServerProcess.Start(new ServerCommand(
            "openssl", Require.Program("openssl"),
            [
                "s_server", "-accept", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}"), "-cert", folder.File("edge.pem"), "-key", folder.File("edge.key"), version, "-cipher", Weak, "-www",
            ],
            folder.File("s_server.log")));
        await server.WaitForAsync(_ => Task.FromResult(server.Output.Contains("ACCEPT", StringComparison.Ordinal)), Patience);
        return (server, port);
    }
}
