using System.Text.Json.Nodes;

namespace IoTHealth.Demo;

/// <summary>An entry of a quarantine as people read it: name and value, text as it was sent.</summary>
internal static class Quarantined
{
    public static string Line(JsonNode? entry)
    {
        var fields = entry as JsonObject ?? [];
        return string.Join("  ", fields.Where(field => !IsShownAsText(field.Key, fields)).Select(field => $"{field.Key} {Value(field.Value)}"));
    }

    private static bool IsShownAsText(string name, JsonObject fields) => name == "hex" && (string?)fields["text"] is { Length: > 0 };

    // What a device sent may hold anything: a control character must not reach the terminal.
    private static string Value(JsonNode? value) =>
        string.Concat((value?.ToString() ?? "").Select(letter => char.IsControl(letter) ? '·' : letter));
}
