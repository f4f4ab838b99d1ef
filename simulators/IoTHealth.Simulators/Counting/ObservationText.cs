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
        ["2339-0"] = "glucose",
        ["15074-8"] = "glucose",
    };

    // Codes that say mass or amount of substance: a value in the other unit contradicts them.
    private static readonly Dictionary<string, string> UnitByLoinc = new(StringComparer.Ordinal)
    {
        ["2339-0"] = "mg/dL",
        ["15074-8"] = "mmol/L",
    };

    /// <summary>The sign's code or the LOINC code's kind; where both are there they must agree, and a LOINC code's unit with the value's.</summary>
    public static string Kind(JsonElement observation)
    {
        var unit = observation.TryGetProperty("valueQuantity", out var quantity) ? Text(quantity, "code") : null;
        string[] kinds = [.. Codings(observation, "code").Select(coding => KindOf(coding, unit)).OfType<string>().Distinct(StringComparer.Ordinal)];
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

    private static string? KindOf(JsonElement coding, string? unit) => (Text(coding, "system"), Text(coding, "code")) switch
    {
        (Sign, var sign) => sign,
        ("http://loinc.org", var loinc) when unit is not null && UnitByLoinc.GetValueOrDefault(loinc, unit) != unit => $"(LOINC {loinc} in {unit})",
        ("http://loinc.org", var loinc) => KindByLoinc.GetValueOrDefault(loinc),
        _ => null,
    };

    private static JsonElement.ArrayEnumerator Codings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var concept) && concept.TryGetProperty("coding", out var codings) ? codings.EnumerateArray() : default;

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
