using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.Demo;

/// <summary>A recording of devices' publishes, one JSON object a line with <c>device</c>, <c>topic</c>, <c>at_ms</c> and a payload.</summary>
internal static class Recording
{
    /// <summary>The devices it names, in the order of their first lines; the replay itself checks the rest.</summary>
    /// <exception cref="InvalidDataException">A line names no device; the message gives file and line.</exception>
    public static IReadOnlyList<string> Devices(string path)
    {
        var lines = File.ReadLines(path).Select((text, index) => (Text: text, Number: index + 1)).Where(line => !string.IsNullOrWhiteSpace(line.Text));
        List<string> devices = [.. lines.Select(line => Device(path, line.Number, line.Text)).Distinct(StringComparer.Ordinal)];
        return devices.Count > 0 ? devices : throw new InvalidDataException($"{path}: empty");
    }

    private static string Device(string path, int number, string text)
    {
        try
        {
            return (string?)JsonNode.Parse(text)?["device"] is { Length: > 0 } device
                ? device
                : throw new InvalidDataException($"{path}, line {number}: 'device' is missing");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException)
        {
            throw new InvalidDataException($"{path}, line {number}: {error.Message}", error);
        }
    }
}
