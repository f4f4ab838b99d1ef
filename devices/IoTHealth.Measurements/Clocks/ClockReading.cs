namespace IoTHealth.Measurements;

/// <summary>How a time that a device's clock showed becomes an instant.</summary>
/// <param name="Fixed">What the clock showed less the true time, where it was off; null: it follows its zone.</param>
/// <param name="Error">How far it was off its zone; positive: ahead.</param>
internal readonly record struct ClockReading(TimeSpan? Fixed, TimeSpan Error)
{
    /// <summary>More than this from its zone and a clock is off. It is set by hand, and many show no seconds.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    /// <summary>A clock that is right.</summary>
    public static ClockReading FollowsZone => default;

    /// <summary>What a look at a clock tells.</summary>
    public static ClockReading Of(DeviceTime shown, TimeSpan assumedOffset, DateTimeOffset looked)
    {
        var ahead = new TimeSpan(shown.Wall.Ticks - looked.UtcTicks);
        var error = ahead - (shown.Offset ?? assumedOffset);
        return error.Duration() <= Tolerance ? FollowsZone : new ClockReading(ahead, error);
    }

    /// <summary>The instant, or null where it lies outside the calendar.</summary>
    public DateTimeOffset? Instant(DateTime wall, TimeSpan offset) => Calendar.Shift(wall.Ticks, -(Fixed ?? offset));
}
