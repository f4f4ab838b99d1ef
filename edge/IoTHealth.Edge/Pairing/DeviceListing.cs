using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using IoTHealth.Documents;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Pairing;

/// <summary>Writes a further device into a configuration document, and touches no other line of it.</summary>
internal static class DeviceListing
{
    private static readonly JsonSerializerOptions Flow = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingDefault,
    };

    /// <summary>The device as a line of the document's list.</summary>
    public static string Line(DeviceSettings device) => JsonSerializer.Serialize(device, Flow);

    /// <summary>The document with the device at the beginning of its list.</summary>
    /// <exception cref="DocumentException">There is no list to write into, or the outcome could not be used; the message says what to do.</exception>
    public static string With(string text, EdgeConfiguration before, DeviceSettings device)
    {
        var lines = text.Split('\n').ToList();
        var at = lines.FindIndex(line => line.TrimEnd().Split('#')[0].TrimEnd() == "devices:");
        if (at < 0)
        {
            throw new DocumentException($"{before.File}: there is no line 'devices:' followed by a list; add this by hand:{Environment.NewLine}  - {Line(device)}");
        }

        var first = lines.Skip(at + 1).FirstOrDefault(line => line.TrimStart().StartsWith("- ", StringComparison.Ordinal)) ?? "  -";
        lines.Insert(at + 1, $"{first[..first.IndexOf('-', StringComparison.Ordinal)]}- {Line(device)}");
        var outcome = string.Join('\n', lines);
        Check(outcome, before, device);
        return outcome;
    }

    // Whatever stood in the file: it must say just this device more.
    private static void Check(string outcome, EdgeConfiguration before, DeviceSettings device)
    {
        var now = EdgeConfiguration.Parse(Encoding.UTF8.GetBytes(outcome), before.File!, before.File!);
        if (now.Devices is not [var added, ..] || added.Key != device.Key ||
            ConfigurationChange.Between(before, now with { Devices = [.. now.Devices.Skip(1)] }).Count > 0)
        {
            throw new DocumentException($"{before.File}: the device could not be written into it; add this by hand:{Environment.NewLine}  - {Line(device)}");
        }
    }
}
