using System.Globalization;

namespace IoTHealth.Demo;

/// <summary>Lengths of time as people type them: 500ms, 30s, 2m, 1h; a bare number means seconds.</summary>
internal static class Durations
{
    private static readonly (string Unit, double Seconds)[] Units = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];

    /// <summary>False for anything else, and for lengths that are not positive.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        var (unit, seconds) = Units.First(one => text.EndsWith(one.Unit, StringComparison.Ordinal));
        var read = double.TryParse(text[..^unit.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number);
        duration = read && number * seconds < 1e8 ? TimeSpan.FromSeconds(number * seconds) : TimeSpan.Zero;
        return duration > TimeSpan.Zero;
    }
}
