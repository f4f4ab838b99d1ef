using System.Text.Json;

namespace IoTHealth.Simulators.Fhir;

/// <summary>What a resource can be found by.</summary>
/// <param name="Identifiers">As <c>system|value</c>.</param>
/// <param name="Codes">As <c>system|code</c>.</param>
/// <param name="Date">Observation's effective time as written, or empty.</param>
internal sealed record SearchIndex(IReadOnlyList<string> Identifiers, IReadOnlyList<string> Codes, string? Subject, string? Device, string Date)
{
    public static SearchIndex Of(JsonElement resource) => new(
        Pairs(resource, "identifier", "value"),
        resource.TryGetProperty("code", out var code) && code.ValueKind == JsonValueKind.Object ? Pairs(code, "coding", "code") : [],
        Reference(resource, "subject") ?? Reference(resource, "patient"),
        Reference(resource, "device"),
        Text(resource, "effectiveDateTime") ?? "");

    private static string[] Pairs(JsonElement parent, string name, string value) =>
        parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Select(item => $"{Text(item, "system")}|{Text(item, value)}")]
            : [];

    private static string? Reference(JsonElement resource, string name) =>
        resource.TryGetProperty(name, out var reference) && reference.ValueKind == JsonValueKind.Object ? Text(reference, "reference") : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) ? value.GetString() : null;
}
