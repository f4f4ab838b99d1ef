namespace IoTHealth.Measurements;

/// <summary>Sums that may lead out of the calendar.</summary>
internal static class Calendar
{
    public static DateTimeOffset? Shift(long ticks, TimeSpan by)
    {
        var sum = (Int128)ticks + by.Ticks;
        return sum >= DateTimeOffset.MinValue.Ticks && sum <= DateTimeOffset.MaxValue.Ticks ? new DateTimeOffset((long)sum, TimeSpan.Zero) : null;
    }

    /// <summary>The instant moved; at the calendar's end where it leads out.</summary>
    public static DateTimeOffset Clamp(DateTimeOffset instant, TimeSpan by) =>
        Shift(instant.UtcTicks, by) ?? (by > TimeSpan.Zero ? DateTimeOffset.MaxValue : DateTimeOffset.MinValue);
}
