using System.Globalization;
using System.Text.Json;

namespace IoTHealth.Simulators.Counting;

/// <summary>Reads kind, instant and value off an Observation's JSON. What cannot be read becomes a text no simulator sends, hence foreign.</summary>
internal static class ObservationText
{
    private const string Sign = "urn:iothealth:sign";

    // The first is meant where nothing else tells the kind.
    private static readonly Dictionary<string, string[]> KindsByLoinc = new(StringComparer.Ordinal)
    {
        ["8867-4"] = ["heart-rate", "pulse-rate"],
        ["9279-1"] = ["respiration-rate"],
        ["2339-0"] = ["glucose"],
        ["15074-8"] = ["glucose"],
        ["85354-9"] = ["blood-pressure"],
        ["8480-6"] = ["systolic"],
        ["8462-4"] = ["diastolic"],
        ["8478-0"] = ["mean-pressure"],
    };

    // Codes that say mass or amount of substance: a value in the other unit contradicts them.
    private static readonly Dictionary<string, string> UnitByLoinc = new(StringComparer.Ordinal)
    {
        ["2339-0"] = "mg/dL",
        ["15074-8"] = "mmol/L",
    };

    /// <summary>
    /// The kind of an Observation, or the sign of a component: the sign's code or the LOINC code's kind. Where both are there
    /// they must agree, and a LOINC code's unit with the value's.
    /// </summary>
    public static string Kind(JsonElement observation)
    {
        var unit = observation.TryGetProperty("valueQuantity", out var quantity) ? Text(quantity, "code") : null;
        var codings = Codings(observation, "code").Select(coding => (System: Text(coding, "system"), Code: Text(coding, "code"))).ToArray();
        string[] signs = [.. codings.Where(coding => coding.System == Sign).Select(coding => coding.Code)];
        var named = codings.Where(coding => coding.System == "http://loinc.org").Select(coding => KindOf(coding.Code, unit, signs)).OfType<string>();
        string[] kinds = [.. signs.Concat(named).Distinct(StringComparer.Ordinal)];
        return kinds.Length > 0 ? string.Join('≠', kinds) : "(unknown kind)";
    }

    public static DateTimeOffset? Instant(JsonElement observation) =>
        observation.TryGetProperty("effectiveDateTime", out var text)
        && DateTimeOffset.TryParse(text.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant)
            ? instant.ToUniversalTime()
            : null;

    /// <summary>Its own value, and those of all its components.</summary>
    public static string Value(JsonElement observation, string kind)
    {
        var values = new List<(string Sign, string Value)>();
        if (OwnValue(observation) is { Length: > 0 } own)
        {
            values.Add((kind, own));
        }

        if (observation.TryGetProperty("component", out var components))
        {
            values.AddRange(components.EnumerateArray().Select(part => (Kind(part), OwnValue(part) is { Length: > 0 } value ? value : ValueText.None)));
        }

        return ValueText.Join(kind, values);
    }

    private static string OwnValue(JsonElement part) => string.Join('&', OwnValues(part));

    private static IEnumerable<string> OwnValues(JsonElement part)
    {
        if (part.TryGetProperty("dataAbsentReason", out _))
        {
            yield return ValueText.Absent;
        }

        if (part.TryGetProperty("valueQuantity", out var quantity))
        {
            yield return QuantityText(quantity);
        }

        foreach (var code in CodesOf(part))
        {
            yield return code;
        }
    }

    private static string QuantityText(JsonElement quantity)
    {
        var number = quantity.TryGetProperty("value", out var value) ? ValueText.Number(value.GetRawText()) : "(no number)";
        return ValueText.Quantity(Text(quantity, "comparator"), number, Text(quantity, "code"));
    }

    // Beside the catalogue's code may stand what the device itself called it.
    private static IEnumerable<string> CodesOf(JsonElement part)
    {
        var codings = Codings(part, "valueCodeableConcept").Select(coding => (System: Text(coding, "system"), Code: Text(coding, "code"))).ToArray();
        string[] ours = [.. codings.Where(coding => coding.System.StartsWith("urn:iothealth:", StringComparison.Ordinal)).Select(coding => coding.Code)];
        return ours.Length > 0 ? ours : codings.Select(coding => $"{coding.System}|{coding.Code}");
    }

    private static string? KindOf(string loinc, string? unit, string[] signs)
    {
        if (unit is not null && UnitByLoinc.GetValueOrDefault(loinc, unit) != unit)
        {
            return $"(LOINC {loinc} in {unit})";
        }

        return KindsByLoinc.TryGetValue(loinc, out var kinds) ? Array.Find(kinds, kind => signs.Contains(kind)) ?? kinds[0] : null;
    }

    private static JsonElement.ArrayEnumerator Codings(JsonElement parent, string name) =>
        parent.TryGetProperty(name, out var concept) && concept.TryGetProperty("coding", out var codings) ? codings.EnumerateArray() : default;

    private static string Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
