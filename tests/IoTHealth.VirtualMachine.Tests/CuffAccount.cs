using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Measurements;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>A simulated cuff's account of itself (<c>serial.device.jsonl</c>, docs/SEAMS.md).</summary>
internal sealed class CuffAccount(string folder, string serial)
{
    /// <summary>How many measurements it has indicated until now.</summary>
    public int Sent => Indices.Count;

    private IReadOnlyList<JsonNode> Lines => AccountLines.Read(Path.Combine(folder, serial + ".device.jsonl"));

    private HashSet<int> Indices => [.. Lines.Where(line => (string?)line["event"] == "sent").Select(line => (int)line["index"]!)];

    /// <summary>
    /// Nothing is stored that was not sent, nothing twice, and all but so many of what was sent: BlueZ confirms an indication
    /// before the gateway has it, so what is on its way when BlueZ ends is lost.
    /// </summary>
    public void AssertStored(IReadOnlyList<Measurement> stored, int mostLost)
    {
        var indices = Indices;
        var sent = Lines.Where(line => (string?)line["event"] == "measured" && indices.Contains((int)line["index"]!)).Select(Text).ToList();
        var found = stored.Select(Text).ToList();
        Assert.NotEmpty(found);
        Assert.Empty(found.Except(sent));
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.InRange(sent.Except(found).Count(), 0, mostLost);
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
