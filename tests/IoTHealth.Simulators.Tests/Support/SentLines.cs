using System.Text.Json;

namespace IoTHealth.Simulators.Tests.Support;

/// <summary>Reads a sent file the way a stranger would.</summary>
internal static class SentLines
{
    public static JsonElement[] Of(string path) => [.. File.ReadLines(path).Select(line => JsonDocument.Parse(line).RootElement)];

    public static long[] Sequences(this IEnumerable<JsonElement> lines, string what) =>
        [.. lines.Where(line => line.GetProperty("event").GetString() == what).Select(line => line.GetProperty("seq").GetInt64())];
}
