using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Checks;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Management;

public sealed class CheckTests
{
    [Fact]
    public async Task A_gateway_in_order_has_no_failure_running_or_not_and_a_broken_one_is_told_with_a_remedy()
    {
        string file;
        await using (var gateway = await BuiltGateway.StartAsync())
        {
            var lines = await LinesAsync(gateway.ConfigurationFile, expected: 0);
            Assert.Contains(lines, line => line == "journal ok in use by the running gateway, which has no problem");
            file = gateway.ConfigurationFile;
            await gateway.App.StopAsync(TestContext.Current.CancellationToken);
            await gateway.Part<Edge.Journal.SqliteJournal>().DisposeAsync();
            Assert.Contains(await LinesAsync(file, expected: 0), line => line.StartsWith("journal ok opens; last position", StringComparison.Ordinal));

            File.SetUnixFileMode(Path.Combine(gateway.Data, "box.key"), UnixFileMode.UserRead | UnixFileMode.OtherRead);
            Assert.Contains(await LinesAsync(file, expected: 1), line => line.StartsWith("configuration failed", StringComparison.Ordinal) && line.Contains("chmod 600", StringComparison.Ordinal));
        }

        Assert.Equal(2, (await BuiltGateway.CommandAsync(file + ".missing", "check")).ExitCode);
    }

    [Fact]
    public async Task Uncoloured_lines_name_both_languages()
    {
        using var folder = BuiltGateway.Prepare();
        var run = await BuiltGateway.CommandAsync(folder.File("edge.yaml"), "check");
        Assert.Contains("誰も呼ばれません", run.Output, StringComparison.Ordinal);
        Assert.Contains("nobody will be called", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain('\e', run.Output);
    }

    [Fact]
    public async Task A_port_that_another_program_holds_is_told()
    {
        using var folder = BuiltGateway.Prepare();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var configuration = EdgeConfiguration.Load(folder.File("edge.yaml"));
        configuration = configuration with { Mqtt = configuration.Mqtt with { Port = ((IPEndPoint)other.LocalEndpoint).Port } };
        Assert.Equal([CheckVerdict.Failed, CheckVerdict.Ok], await VerdictsAsync(new PortCheck(), configuration));
        Assert.Equal(
            [CheckVerdict.Failed, CheckVerdict.Ok],
            await VerdictsAsync(new PortCheck(), configuration with { Mqtt = configuration.Mqtt with { Address = "203.0.113.7" } }));
    }

    [Theory]
    [InlineData(300, "Ok")]
    [InlineData(340, "Warning")]
    [InlineData(370, "Failed")]
    public async Task A_certificate_warns_thirty_days_before_its_end(int days, string verdict)
    {
        using var folder = BuiltGateway.Prepare();
        var later = new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(days));
        var lines = await new CertificateCheck().LookAsync(new CheckSubject(EdgeConfiguration.Load(folder.File("edge.yaml")), false, later), TestContext.Current.CancellationToken);
        Assert.Equal(verdict, Assert.Single(lines).Verdict.ToString());
    }

    [Fact]
    public async Task A_key_of_another_certificate_and_a_chain_of_strangers_are_told()
    {
        using var folder = BuiltGateway.Prepare();
        using var strangers = new TestFolder();
        using (var others = new TestCertificates(strangers.Path, TimeProvider.System))
        {
            others.Issue("edge");
        }

        var configuration = EdgeConfiguration.Load(folder.File("edge.yaml"));
        Assert.Equal(
            [CheckVerdict.Failed], await VerdictsAsync(new CertificateCheck(), configuration with { Mqtt = configuration.Mqtt with { Key = strangers.File("edge.key") } }));
        var leaf = File.ReadAllText(folder.File("edge.pem")).Split("-----END CERTIFICATE-----")[0] + "-----END CERTIFICATE-----\n";
        File.WriteAllText(folder.File("edge.pem"), leaf + File.ReadAllText(strangers.File("ca.pem")));
        Assert.Equal([CheckVerdict.Failed], await VerdictsAsync(new CertificateCheck(), configuration));
    }

    [Fact]
    public void The_kernel_tells_whether_a_folder_lies_on_an_encrypted_device()
    {
        using var kernel = new TestFolder();
        File.WriteAllText(
            kernel.File("mountinfo"),
            "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n22 21 253:1 / /var rw - ext4 /dev/mapper/var rw\n23 21 253:3 / /var/lib/io\\040t rw - ext4 /dev/mapper/x rw\n24 21 0:40 / /tmp rw - tmpfs tmpfs rw\n");
        Directory.CreateDirectory(kernel.File("8:1"));
        Directory.CreateDirectory(kernel.File("253:1/dm"));
        File.WriteAllText(kernel.File("253:1/dm/uuid"), "LVM-abc\n");
        Directory.CreateDirectory(kernel.File("253:1/slaves/dm-2/dm"));
        File.WriteAllText(kernel.File("253:1/slaves/dm-2/dm/uuid"), "CRYPT-LUKS2-def\n");
        Directory.CreateDirectory(kernel.File("253:3/dm"));
        File.WriteAllText(kernel.File("253:3/dm/uuid"), "LVM-plain\n");
        var disk = new EncryptedDisk(kernel.File("mountinfo"), kernel.Path);
        Assert.False(disk.Holds("/opt/data"));
        Assert.True(disk.Holds("/var/lib/data"));
        Assert.False(disk.Holds("/var/lib/io t/data"));
        Assert.False(disk.Holds("/variable"));
        Assert.Null(disk.Holds("/tmp/data"));
        Assert.Null(new EncryptedDisk(kernel.File("missing"), kernel.Path).Holds("/var"));
    }

    [Fact]
    public async Task A_cloud_and_an_InfluxDB_that_are_away_are_told_step_by_step()
    {
        var (cloud, influx) = (FreePort.Take(), FreePort.Take());
        using var folder = BuiltGateway.Prepare(more: $$"""
            influx: { version: 1, url: "http://127.0.0.1:{{influx}}", database: iothealth }
            uplink: { host: 127.0.0.1, port: {{cloud}}, hubHost: hub.iothealth.local, keyFile: gw-01.key, ca: ca.pem }
            """);
        Testing.SecretFile.Write(folder.File("gw-01.key"), Convert.ToBase64String(new byte[32]));
        var lines = await LinesAsync(folder.File("edge.yaml"), expected: 1);
        Assert.Contains("cloud ok 127.0.0.1: in reach", lines);
        Assert.Contains(lines, line => line.StartsWith($"cloud failed TCP 127.0.0.1:{cloud}: not in reach", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Contains("TLS", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith($"influx warning http://127.0.0.1:{influx}/ does not answer", StringComparison.Ordinal));
    }

    private static async Task<List<CheckVerdict>> VerdictsAsync(ICheck check, EdgeConfiguration configuration) =>
        [.. (await check.LookAsync(new CheckSubject(configuration, false, TimeProvider.System), TestContext.Current.CancellationToken)).Select(line => line.Verdict)];

    /// <summary>Lines as 'part verdict finding'; each that is not in order must have a remedy in both languages.</summary>
    private static async Task<List<string>> LinesAsync(string configuration, int expected)
    {
        var run = await BuiltGateway.CommandAsync(configuration, "check", "--json");
        Assert.True(run.ExitCode == expected, run.Output + run.Errors);
        var lines = JsonNode.Parse(run.Output)!.AsArray().OfType<JsonObject>().ToList();
        Assert.All(
            lines.Where(line => (string?)line["verdict"] != "ok"),
            line => Assert.True(line["remedy"] is JsonObject remedy && (string?)remedy["ja"] != "" && (string?)remedy["en"] != "", line.ToJsonString()));
        return [.. lines.Select(line => $"{line["part"]} {line["verdict"]} {line["found"]!["en"]}")];
    }
}
