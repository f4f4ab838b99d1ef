using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Devices;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Management;

public sealed class DiagnosticsTests
{
    private const string Value = "237.5";

    [Fact]
    public async Task The_support_file_says_how_the_gateway_is_and_nothing_of_persons_or_secrets()
    {
        await using var gateway = await BuiltGateway.StartAsync();
        await gateway.Part<IMeasurementSink>().AcceptAsync(
            gateway.Part<DeviceRegistry>().Find("robot-01")!.Context,
            new DecodedUpload([Sample.Decoded("heart-rate", new MeasuredValue.Quantity(237.5m, "/min"))], [new Refusal("unreadable", "refused-bytes"u8.ToArray())]),
            TestContext.Current.CancellationToken);
        using var client = gateway.SignedInClient();
        var live = await Testing.Eventually.SeesAsync(
            "the reading in /live", cancellation => client.GetStringAsync(new Uri("/live", UriKind.Relative), cancellation),
            text => text.Contains(Value, StringComparison.Ordinal), TimeSpan.FromSeconds(20));

        var path = Path.Combine(gateway.Data, "support.zip");
        var run = await gateway.CommandAsync("export-diagnostics", "--output", path);
        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        var entries = await ReadAsync(path);
        Assert.Equal(
            ["about.json", "certificates.json", "check.json", "files.json", "health.json", "ledger.json", "metrics.txt", "readers.json", "settings.json"],
            entries.Keys.Order(StringComparer.Ordinal));
        var head = gateway.Part<SqliteJournal>().Head;
        Assert.Equal(head, (long)JsonNode.Parse(entries["readers.json"])!["head"]!);
        Assert.Equal(2, (int)JsonNode.Parse(entries["ledger.json"])!["sum"]!["measured"]!);
        Assert.Matches($@"(?m)^iothealth_journal_head(\{{\}})? {head}\b", entries["metrics.txt"]);

        // Each of these is there to be found: in the configuration, in /live or in a file beside it.
        var hash = File.ReadAllText(gateway.ConfigurationFile).Split("password: \"")[1].Split('"')[0];
        string[] hidden = ["robot-01", "R-0001", "Room 101", Value, "refused-bytes", BuiltGateway.Password, hash, gateway.Token, Convert.ToHexString(File.ReadAllBytes(Path.Combine(gateway.Data, "box.key")))];
        Assert.All(hidden[..3], word => Assert.Contains(word, File.ReadAllText(gateway.ConfigurationFile), StringComparison.Ordinal));
        Assert.Contains("Room 101", live, StringComparison.Ordinal);
        Assert.All(entries, entry => Assert.All(hidden, word => Assert.False(entry.Value.Contains(word, StringComparison.OrdinalIgnoreCase), $"{entry.Key} holds {word}")));

        // The same device goes by the same short name everywhere.
        var name = (string)JsonNode.Parse(entries["settings.json"])!["devices"]![0]!["key"]!;
        Assert.Contains($"device=\"{name}\"", entries["metrics.txt"], StringComparison.Ordinal);
        Assert.Contains(name, entries["ledger.json"], StringComparison.Ordinal);
        Assert.Equal(2, (await gateway.CommandAsync("export-diagnostics", "--output", path)).ExitCode);
        Assert.Contains("export-diagnostics", File.ReadAllText(Path.Combine(gateway.Data, "audit.jsonl")), StringComparison.Ordinal);
    }

    private static async Task<Dictionary<string, string>> ReadAsync(string path)
    {
        await using var zip = await ZipFile.OpenReadAsync(path);
        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(), Encoding.UTF8);
            entries[entry.FullName] = await reader.ReadToEndAsync();
        }

        return entries;
    }
}
