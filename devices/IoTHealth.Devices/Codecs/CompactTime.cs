namespace IoTHealth.Devices.Codecs;

/// <summary>A date and time in digits alone: <c>yyyyMMdd[HH[mm[ss]]]</c>, as ASTM E1394 and HL7 v2 write it; midnight where it names a day.</summary>
internal static class CompactTime
{
    public static bool TryRead(ReadOnlySpan<char> digits, out DateTime time)
    {
        time = default;
        if (digits.Length is not (8 or 10 or 12 or 14) || digits.ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var (year, month, day) = ((100 * Two(digits, 0)) + Two(digits, 2), Two(digits, 4), Two(digits, 6));
        var (hour, minute, second) = (Two(digits, 8), Two(digits, 10), Two(digits, 12));
        if (year == 0 || month is 0 or > 12 || day == 0 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified);
        return true;
    }

    private static int Two(ReadOnlySpan<char> digits, int at) => at < digits.Length ? (10 * (digits[at] - '0')) + digits[at + 1] - '0' : 0;
}
