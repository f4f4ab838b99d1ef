using System.Globalization;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>Durations as people type them: <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>8h</c>; a leading minus is allowed.</summary>
public static class Durations
{
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var digits = text.TrimEnd('m', 's', 'h');
        if (UnitOf(text[digits.Length..]) is not { } unit
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count)
            || Math.Abs(count * unit.TotalDays) > 366)
        {
            return false;
        }

        duration = unit * count;
        return true;
    }

    private static TimeSpan? UnitOf(string suffix) => suffix switch
    {
        "ms" => TimeSpan.FromMilliseconds(1),
        "s" => TimeSpan.FromSeconds(1),
        "m" => TimeSpan.FromMinutes(1),
        "h" => TimeSpan.FromHours(1),
        _ => null,
    };
}
