using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>A simulated glucose meter's account of itself (<c>serial.meter.jsonl</c>, docs/SEAMS.md).</summary>
internal sealed class MeterAccount(string folder, string serial)
{
    /// <summary>How many results were acknowledged until now, counted again in every upload.</summary>
    public int Acknowledged => Lines.Count(line => (string?)line["event"] == "acked");

    /// <summary>How many uploads came to their end.</summary>
    public int Uploads => Lines.Count(line => (string?)line["event"] == "uploaded");

    /// <summary>The results of the memory as time, comparator, number and unit; without tests of the meter itself.</summary>
    public IReadOnlyList<string> Results => [.. Lines.Where(line => (string?)line["event"] == "memory" && !(bool)line["control"]!).Select(Text)];

    private IReadOnlyList<JsonNode> Lines => JsonLines.Read(Path.Combine(folder, serial + ".meter.jsonl"));

    /// <summary>Every result of the memory is stored once, and nothing else.</summary>
    public void AssertStoredOnce(IReadOnlyList<Measurement> stored)
    {
        Assert.NotEmpty(Results);
        Assert.Equal(Results.Order(StringComparer.Ordinal), stored.Select(Text).Order(StringComparer.Ordinal));
    }

    private static string Text(JsonNode line)
    {
        var comparator = (string?)line["outOfRange"] switch { "high" => ">", "low" => "<", _ => "" };
        return $"{line["time"]} {comparator}{line["value"]} {line["unit"]}";
    }

    private static string Text(Measurement measurement)
    {
        var value = Assert.IsType<MeasuredValue.Quantity>(Assert.Single(measurement.Components).Value);
        return string.Create(CultureInfo.InvariantCulture, $"{measurement.Time.Device!.Wall:yyyy-MM-dd'T'HH:mm:ss} {value.Comparator}{value.Number} {value.Unit}");
    }
}
