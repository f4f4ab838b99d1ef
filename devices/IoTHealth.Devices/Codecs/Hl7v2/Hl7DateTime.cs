using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// A date and time as HL7 v2.6 chapter 2A writes it (DTM, TS): <c>YYYYMMDD[HH[MM[SS[.S[S[S[S]]]]]]][+/-ZZZZ]</c>. Years and months
/// without a day are no time that a reading could have.
/// </summary>
/// <param name="Time">What it says; midnight where it names a day only.</param>
/// <param name="HasTimeOfDay">False where it names a day only.</param>
public readonly record struct Hl7DateTime(DeviceTime Time, bool HasTimeOfDay)
{
    private const int DayLength = 8;
    private const int SecondLength = 14;
    private const int FractionMaximum = 7;
    private const int YearFirst = 1900;
    private const int YearLast = 2199;

    private static readonly string[] Forms = ["yyyyMMdd", "yyyyMMddHH", "yyyyMMddHHmm", "yyyyMMddHHmmss"];

    /// <summary>Reads a time; false for anything else, whatever it is.</summary>
    public static bool TryRead(string text, out Hl7DateTime result)
    {
        result = default;
        text = text.Trim();
        var sign = text.AsSpan().LastIndexOfAny('+', '-');
        var (clock, zone) = sign < 0 ? (text, "") : (text[..sign], text[sign..]);
        var point = clock.IndexOf('.', StringComparison.Ordinal);
        var (whole, fraction) = point < 0 ? (clock, "0") : (clock[..point], clock[(point + 1)..]);
        if (!DateTime.TryParseExact(whole, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var wall) ||
            wall.Year is < YearFirst or > YearLast || !TryFraction(fraction, out var ticks) || (point >= 0 && whole.Length != SecondLength) ||
            !TryOffset(zone, out var offset))
        {
            return false;
        }

        result = new Hl7DateTime(new DeviceTime(wall.AddTicks(ticks), offset), whole.Length > DayLength);
        return true;
    }

    private static bool TryFraction(string digits, out long ticks)
    {
        ticks = 0;
        return digits.Length is > 0 and <= FractionMaximum &&
               long.TryParse(digits.PadRight(FractionMaximum, '0'), NumberStyles.None, CultureInfo.InvariantCulture, out ticks);
    }

    private static bool TryOffset(string zone, out TimeSpan? offset)
    {
        offset = null;
        if (zone.Length == 0)
        {
            return true;
        }

        if (zone.Length != 5 || !int.TryParse(zone.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ||
            digits > 1400 || digits % 100 > 59)
        {
            return false;
        }

        var size = new TimeSpan(digits / 100, digits % 100, 0);
        offset = zone[0] == '-' ? -size : size;
        return true;
    }
}
