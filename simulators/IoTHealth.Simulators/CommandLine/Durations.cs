using System.Globalization;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>
/// Durations as people type them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>8h</c> or <c>00:00:30</c>; a leading minus is allowed.
/// </summary>
public static class Durations
{
    // The longest first.
    private static readonly (string Suffix, TimeSpan Unit)[] Units =
    [
        ("h", TimeSpan.FromHours(1)), ("m", TimeSpan.FromMinutes(1)), ("s", TimeSpan.FromSeconds(1)), ("ms", TimeSpan.FromMilliseconds(1)),
    ];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(366);

    public static bool TryParse(string text, out TimeSpan duration) => text.Contains(':', StringComparison.Ordinal)
        ? TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out duration) && duration >= -Longest && duration <= Longest
        : TryParseCount(text, out duration);

    /// <summary>The shortest text that reads as this duration, in whole units: <c>5s</c>, <c>1m</c>.</summary>
    public static string Format(TimeSpan duration)
    {
        var (suffix, unit) = Units.First(one => duration.Ticks % one.Unit.Ticks == 0 || one.Suffix == "ms");
        return (duration / unit).ToString(CultureInfo.InvariantCulture) + suffix;
    }

    private static bool TryParseCount(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var digits = text.TrimEnd('m', 's', 'h');
        if (UnitOf(text[digits.Length..]) is not { } unit
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            || Math.Abs(count * unit.TotalDays) > Longest.TotalDays)
        {
            return false;
        }

        duration = unit * count;
        return true;
    }

    private static TimeSpan? UnitOf(string suffix) =>
        Array.Find(Units, one => one.Suffix == suffix) is { Unit.Ticks: > 0 } known ? known.Unit : null;
}
