using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.VectorRunner;

/// <summary>
/// Compares an expectation with what a decoder gave. The expectation is a subset: every member it names must match;
/// numbers by value, lists by length and order, null = must be absent or null.
/// </summary>
public static class Expectation
{
    /// <summary>Why the result does not satisfy the vector, or null when it does.</summary>
    public static string? Mismatch(Vector vector, VectorResult result) => result switch
    {
        VectorResult.Threw threw => threw.ToString(),
        VectorResult.Refused => MustRefuse(vector) ? null : "refused, but values are expected",
        VectorResult.Decoded decoded when MustRefuse(vector) => vector.LenientOk && IsFlagged(decoded) ? null : Unrefused(vector),
        VectorResult.Decoded decoded => Compare(vector.Expect, decoded.Named, "$"),
        _ => "unsupported",
    };

    private static bool MustRefuse(Vector vector) =>
        vector.Expect["valid"] is JsonValue valid && valid.GetValueKind() == JsonValueKind.False;

    /// <summary>A lenient decoder says so in a member <c>flags</c> that is not empty.</summary>
    private static bool IsFlagged(VectorResult.Decoded decoded) =>
        decoded.Named is JsonObject named && named["flags"] is JsonArray { Count: > 0 };

    private static string Unrefused(Vector vector) => vector.LenientOk
        ? "neither refused nor flagged (a list 'flags' that is not empty)"
        : "not refused";

    private static string? Compare(JsonNode? expected, JsonNode? actual, string path) => expected switch
    {
        null => actual is null ? null : $"{path}: must be absent, got {Show(actual)}",
        JsonObject members => CompareObject(members, actual, path),
        JsonArray items => CompareArray(items, actual, path),
        _ => SameValue(expected, actual) ? null : $"{path}: expected {Show(expected)}, got {Show(actual)}",
    };

    private static string? CompareObject(JsonObject members, JsonNode? actual, string path) => actual is JsonObject given
        ? members.Select(member => Compare(member.Value, given[member.Key], $"{path}.{member.Key}")).FirstOrDefault(found => found is not null)
        : $"{path}: expected an object, got {Show(actual)}";

    private static string? CompareArray(JsonArray items, JsonNode? actual, string path)
    {
        if (actual is not JsonArray given || given.Count != items.Count)
        {
            return $"{path}: expected a list of {items.Count}, got {Show(actual)}";
        }

        return items.Select((item, index) => Compare(item, given[index], $"{path}[{index}]")).FirstOrDefault(found => found is not null);
    }

    private static bool SameValue(JsonNode expected, JsonNode? actual)
    {
        if (actual is not JsonValue || expected.GetValueKind() != actual.GetValueKind())
        {
            return false;
        }

        return expected.GetValueKind() == JsonValueKind.Number
            ? SameNumber(expected.ToJsonString(), actual.ToJsonString())
            : JsonNode.DeepEquals(expected, actual);
    }

    // Decimal where both fit, so that 6.2 and 6.20 are equal and 0.1 + 0.2 is not 0.3; doubles only beyond its range.
    private static bool SameNumber(string expected, string actual) =>
        TryDecimal(expected, out var left) && TryDecimal(actual, out var right)
            ? left == right
            : Real(expected).Equals(Real(actual));

    // 1e-40 parses to a decimal 0; only a zero may be zero.
    private static bool TryDecimal(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && (number != 0 || Real(text) == 0);

    private static double Real(string text) => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "nothing";
}
