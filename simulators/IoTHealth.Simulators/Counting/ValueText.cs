using System.Globalization;

namespace IoTHealth.Simulators.Counting;

/// <summary>The one text of a measurement's value or values, whoever tells it.</summary>
internal static class ValueText
{
    public const string Absent = "absent";
    public const string None = "(no value)";
    private const string PerMinute = "/min";

    /// <summary>The same text for the same number, whatever scale it was written with.</summary>
    public static string Number(string text) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? Number(number) : text;

    public static string Number(decimal number) => number.ToString("0.############################", CultureInfo.InvariantCulture);

    /// <param name="number">As <see cref="Number(string)"/> writes it.</param>
    /// <param name="unit">UCUM code, or empty; rates go without, as robots tell them.</param>
    public static string Quantity(string comparator, string number, string unit) =>
        comparator + number + (unit is "" or PerMinute ? "" : $" {unit}");

    /// <summary>A measurement of the sign it is named for is that sign's value; any other is <c>sign=value</c>, sorted by sign.</summary>
    public static string Join(string kind, IReadOnlyList<(string Sign, string Value)> values) => values switch
    {
        [] => None,
        [var (sign, value)] when sign == kind => value,
        _ => string.Join('&', values.OrderBy(one => one.Sign, StringComparer.Ordinal).ThenBy(one => one.Value, StringComparer.Ordinal).Select(one => $"{one.Sign}={one.Value}")),
    };
}
