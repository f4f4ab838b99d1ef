using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Profiles;

/// <summary>Reads what a device's clock showed from a JSON value.</summary>
internal static partial class DeviceClockText
{
    // Outside these years a wall clock and its offset cannot be turned into an instant, and no device means it.
    private const int YearMinimum = 1900;
    private const int YearMaximum = 9998;

    private const int OffsetMinutesMaximum = 14 * 60;

    public static bool TryRead(JsonElement value, ClockForm form, out DeviceTime time)
    {
        time = null!;
        return form switch
        {
            ClockForm.Iso8601 => value.ValueKind == JsonValueKind.String && TryIso(JsonText.Word(value) ?? "", out time),
            ClockForm.UnixMilliseconds => TryUnix(value, TimeSpan.TicksPerMillisecond, out time),
            _ => TryUnix(value, TimeSpan.TicksPerSecond, out time),
        };
    }

    // Not DateTimeOffset.TryParse: it takes 11/24/2026 too, and reads a zone where we would see none ('z', ' GMT').
    private static bool TryIso(string text, out DateTime wall, out TimeSpan? offset)
    {
        (wall, offset) = (default, null);
        var match = Iso().Match(text);
        return match.Success
               && DateTime.TryParseExact(
                   $"{match.Groups["date"].Value} {match.Groups["minute"].Value}", "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture,
                   DateTimeStyles.None, out wall)
               && TryAddSeconds(match, ref wall)
               && TryOffset(match, out offset);
    }

    private static bool TryIso(string text, out DeviceTime time)
    {
        var isRead = TryIso(text, out var wall, out var offset) && InRange(wall);
        time = isRead ? new DeviceTime(wall, offset) : null!;
        return isRead;
    }

    private static bool TryAddSeconds(Match match, ref DateTime wall)
    {
        var seconds = match.Groups["second"] is { Success: true } second ? int.Parse(second.Value, CultureInfo.InvariantCulture) : 0;
        if (seconds > 59)
        {
            return false;
        }

        var ticks = match.Groups["fraction"].Value.PadRight(7, '0')[..7];
        wall = wall.AddSeconds(seconds).AddTicks(int.Parse(ticks, CultureInfo.InvariantCulture));
        return true;
    }

    private static bool TryOffset(Match match, out TimeSpan? offset)
    {
        offset = match.Groups["z"].Success ? TimeSpan.Zero : null;
        if (!match.Groups["sign"].Success)
        {
            return true;
        }

        var (hours, minutes) = (Number(match.Groups["hours"]), Number(match.Groups["minutes"]));
        var total = (hours * 60) + minutes;
        offset = TimeSpan.FromMinutes(match.Groups["sign"].Value == "-" ? -total : total);
        return minutes < 60 && total <= OffsetMinutesMaximum;
    }

    private static int Number(Group group) => group.Success ? int.Parse(group.Value, CultureInfo.InvariantCulture) : 0;

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

    [GeneratedRegex(
        "^(?<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt](?<minute>[0-9]{2}:[0-9]{2})" +
        "(:(?<second>[0-9]{2})([.,](?<fraction>[0-9]{1,20}))?)?" +
        "((?<z>[Zz])|(?<sign>[+-])(?<hours>[0-9]{2})(:?(?<minutes>[0-9]{2}))?)?\\z",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Iso();
}
