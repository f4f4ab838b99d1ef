using System.Globalization;

namespace IoTHealth.Simulators.Counting;

/// <summary>Times as device accounts tell them: what the device's clock showed, local where it has no offset.</summary>
internal static class DeviceClock
{
    // Before this a clock was never set (1970-01-01, 2000-01-01, factory dates).
    private static readonly DateTimeOffset OldestSet = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>ISO 8601, to the second or finer, with an offset or without.</summary>
    /// <param name="zone">Where clocks without an offset are right.</param>
    /// <exception cref="FormatException">It is none.</exception>
    public static DateTimeOffset Instant(string text, TimeZoneInfo zone)
    {
        var time = DateTime.ParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
        return time.Kind == DateTimeKind.Utc ? new DateTimeOffset(time) : new DateTimeOffset(time, zone.GetUtcOffset(time)).ToUniversalTime();
    }

    public static bool WasSet(DateTimeOffset instant) => instant >= OldestSet;
}
