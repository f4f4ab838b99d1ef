using System.Globalization;
using System.Text.Json;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Reads what a device's clock showed from a JSON value.</summary>
internal static class DeviceClockText
{
    // Outside these years a wall clock and its offset cannot be turned into an instant, and no device means it.
    private const int YearMinimum = 1900;
    private const int YearMaximum = 9998;

    public static bool TryRead(JsonElement value, ClockForm form, out DeviceTime time)
    {
        time = null!;
        return form switch
        {
            ClockForm.Iso8601 => value.ValueKind == JsonValueKind.String && TryIso(value.GetString()!, out time),
            ClockForm.UnixMilliseconds => TryUnix(value, TimeSpan.TicksPerMillisecond, out time),
            _ => TryUnix(value, TimeSpan.TicksPerSecond, out time),
        };
    }

    private static bool TryIso(string text, out DeviceTime time)
    {
        time = null!;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed) ||
            text.Length < 16 || text[10] != 'T' || !InRange(parsed.DateTime))
        {
            return false;
        }

        var zoned = text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > 10;
        time = new DeviceTime(DateTime.SpecifyKind(parsed.DateTime, DateTimeKind.Unspecified), zoned ? parsed.Offset : null);
        return true;
    }

    private static bool TryUnix(JsonElement value, long ticksPerUnit, out DeviceTime time)
    {
        time = null!;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDecimal(out var count) ||
            Math.Abs(count) > DateTime.MaxValue.Ticks / ticksPerUnit)
        {
            return false;
        }

        var ticks = DateTime.UnixEpoch.Ticks + (long)(count * ticksPerUnit);
        if (ticks < DateTime.MinValue.Ticks || ticks > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        var wall = new DateTime(ticks, DateTimeKind.Unspecified);
        time = new DeviceTime(wall, TimeSpan.Zero);
        return InRange(wall);
    }

    private static bool InRange(DateTime wall) => wall.Year is >= YearMinimum and <= YearMaximum;
}
