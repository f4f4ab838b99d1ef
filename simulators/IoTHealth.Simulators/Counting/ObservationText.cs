using System.Globalization;
using System.Text.Json;

namespace IoTHealth.Simulators.Counting;

/// <summary>Reads kind, instant and value off an Observation's JSON. What cannot be read becomes a text no simulator sends, hence foreign.</summary>
internal static class ObservationText
{
    private const string Sign = "urn:iothealth:sign";
    private const string PerMinute = "/min";

    private static readonly Dictionary<string, string> KindByLoinc = new(StringComparer.Ordinal)
    {
        ["8867-4"] = "heart-rate",
        ["9279-1"] = "respiration-rate",
    };

    /// <summary>The sign's code or the LOINC code's kind; where both are there they must agree.</summary>
    public static string Kind(JsonElement observation)
    {
        string[] kinds = [.. Codings(observation, "code").Select(KindOf).OfType<string>().Distinct(StringComparer.Ordinal)];
        return kinds.Length > 0 ? string.Join('≠', kinds) : "(unknown kind)";
    }

    public static DateTimeOffset? Instant(JsonElement observation) =>
        observation.TryGetProperty("effectiveDateTime", out var text)
        && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : null;

    public static string Value(JsonElement observation) => string.Join('&', Values(observation)) is { Length: > 0 } value ? value : "(no value)";

    private static IEnumerable<string> Values(JsonElement observation)
    {
        if (observation.TryGetProperty("dataAbsentReason", out _))
        {
            yield return "absent";
        }

        if (observation.TryGetProperty("valueQuantity", out var quantity))
        {
            yield return QuantityText(quantity);
        }

        foreach (var coding in Codings(observation, "valueCodeableConcept"))
        {
            var (system, code) = (Text(coding, "system"), Text(coding, "code"));
            yield return system.StartsWith("urn:iothealth:", StringComparison.Ordinal) ? code : $"{system}|{code}";
        }
    }

    private static string QuantityText(JsonElement quantity)
    {
        var number = quantity.TryGetProperty("value", out var value) ? ReadingKey.NumberText(value.GetRawText()) : "(no number)";
        var unit = Text(quantity, "code");
        return Text(quantity, "comparator") + number + (unit == PerMinute ? "" : $" {unit}");
    }

    private static string? KindOf(JsonElement coding) => Text(coding, "system") switch
    {
        Sign => Text(coding, "code"),
        "http://loinc.org" => KindByLoinc.GetValueOrDefault(Text(coding, "code")),
        _ => null,
    };

    private static JsonElement.ArrayEnumerator Codings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var concept) && concept.TryGetProperty("coding", out var codings) ? codings.EnumerateArray() : default;

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
