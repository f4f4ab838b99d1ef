using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>A simulated cuff's account of itself (<c>serial.device.jsonl</c>, docs/SEAMS.md).</summary>
internal sealed class CuffAccount(string folder, string serial)
{
    /// <summary>How many measurements it has indicated until now, the oldest first.</summary>
    public int Sent => Readings().Count;

    private IReadOnlyList<JsonNode> Lines => JsonLines.Read(Path.Combine(folder, serial + ".device.jsonl"));

    /// <summary>Nothing is stored that was not sent, nothing twice, and of the first so many that were sent all but a few.</summary>
    public void AssertStored(IReadOnlyList<Measurement> stored, int first, int mostLost)
    {
        var sent = Readings();
        var found = stored.Select(Text).ToList();
        Assert.Empty(found.Except(sent));
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.InRange(sent.Take(first).Except(found).Count(), 0, mostLost);
    }

    private List<string> Readings()
    {
        var lines = Lines;
        var sent = lines.Where(line => (string?)line["event"] == "sent").Select(line => (int)line["index"]!).ToHashSet();
        return [.. lines.Where(line => (string?)line["event"] == "measured" && sent.Contains((int)line["index"]!)).Select(Text)];
    }

    private static string Text(JsonNode line) =>
        $"{line["time"]} {string.Join(", ", line["values"]!.AsObject().OrderBy(value => value.Key, StringComparer.Ordinal).Select(value => $"{value.Key} {value.Value}"))}";

    private static string Text(Measurement measurement)
    {
        var values = measurement.Components.OrderBy(component => component.Sign, StringComparer.Ordinal).Select(component => component.Value is MeasuredValue.Quantity value
            ? string.Create(CultureInfo.InvariantCulture, $"{component.Sign} {value.Number} {value.Unit}")
            : $"{component.Sign} absent");
        return string.Create(CultureInfo.InvariantCulture, $"{measurement.Time.Device!.Wall:yyyy-MM-dd'T'HH:mm:ss} {string.Join(", ", values)}");
    }
}
