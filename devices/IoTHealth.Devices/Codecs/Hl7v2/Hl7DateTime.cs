using System.Globalization;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// A date and time as HL7 v2.6 chapter 2A writes it (DTM, TS): <c>YYYYMMDD[HH[MM[SS[.S[S[S[S]]]]]]][+/-ZZZZ]</c>. Years and months
/// without a day are no time that a reading could have. As senders write it: 24:00 is the next midnight, digits of a second beyond
/// the seventh are cut, and an offset may have its colon.
/// </summary>
/// <param name="Time">What it says; midnight where it names a day only.</param>
/// <param name="HasTimeOfDay">False where it names a day only.</param>
public readonly record struct Hl7DateTime(DeviceTime Time, bool HasTimeOfDay)
{
    private const int DayLength = 8;
    private const int SecondLength = 14;
    private const int FractionMaximum = 7;
    private const int LengthMaximum = 64;
    private const int YearFirst = 1900;
    private const int YearLast = 2199;

    /// <summary>Reads a time; false for anything else, whatever it is.</summary>
    public static bool TryRead(string text, out Hl7DateTime result)
    {
        result = default;
        if (text.Length > LengthMaximum)
        {
            return false;
        }

        var sent = text.AsSpan().Trim();
        var sign = sent.LastIndexOfAny('+', '-');
        var clock = sign < 0 ? sent : sent[..sign];
        var zone = sign < 0 ? [] : sent[sign..];
        var point = clock.IndexOf('.');
        var whole = point < 0 ? clock : clock[..point];
        var fraction = point < 0 ? "0" : clock[(point + 1)..];
        var isNextDay = whole.Length is 10 or 12 or SecondLength && whole[DayLength..].StartsWith("24") && !whole[(DayLength + 2)..].ContainsAnyExcept('0');
        if (!CompactTime.TryRead(isNextDay ? whole[..DayLength] : whole, out var wall) || wall.Year is < YearFirst or > YearLast || !TryFraction(fraction, out var ticks) ||
            (point >= 0 && whole.Length != SecondLength) || !TryOffset(zone, out var offset))
        {
            return false;
        }

        result = new Hl7DateTime(new DeviceTime(wall.AddDays(isNextDay ? 1 : 0).AddTicks(ticks), offset), whole.Length > DayLength);
        return true;
    }

    // Tenths of a microsecond: seven digits, however many were sent; the further ones are beyond any clock.
    private static bool TryFraction(ReadOnlySpan<char> digits, out long ticks)
    {
        ticks = 0;
        if (digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        digits = digits[..Math.Min(digits.Length, FractionMaximum)];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out ticks))
        {
            return false;
        }

        for (var missing = FractionMaximum - digits.Length; missing > 0; missing--)
        {
            ticks *= 10;
        }

        return true;
    }

    private static bool TryOffset(ReadOnlySpan<char> zone, out TimeSpan? offset)
    {
        offset = null;
        if (zone.Length == 0)
        {
            return true;
        }

        var sent = zone is [_, _, _, ':', _, _] ? $"{zone[1..3]}{zone[4..]}" : zone[1..];
        if (sent.Length != 4 || !int.TryParse(sent, NumberStyles.None, CultureInfo.InvariantCulture, out var digits) ||
            digits > 1400 || digits % 100 > 59)
        {
            return false;
        }

        var size = new TimeSpan(digits / 100, digits % 100, 0);
        offset = zone[0] == '-' ? -size : size;
        return true;
    }
}
