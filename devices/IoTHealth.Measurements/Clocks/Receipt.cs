namespace IoTHealth.Measurements;

/// <summary>When a reading was received, as far as the gateway knows.</summary>
/// <param name="Instant">Best estimate, UTC.</param>
/// <param name="Uncertainty">Half-width.</param>
/// <param name="IsVouched">Whether a time service stands behind it.</param>
/// <param name="IsBehind">Whether the wall clock lay before a moment that had certainly passed; that moment then stands for it.</param>
public readonly record struct Receipt(DateTimeOffset Instant, TimeSpan Uncertainty, bool IsVouched, bool IsBehind)
{
    /// <summary>A box that wakes without knowing the time has not slept longer than this, or nobody relies on it.</summary>
    private static readonly TimeSpan SleepMaximum = TimeSpan.FromDays(366);

    /// <summary>A device that is further ahead than this has a wrong clock. Readings cannot come from the future.</summary>
    public static readonly TimeSpan AheadMaximum = TimeSpan.FromMinutes(2);

    public static Receipt Vouched(TrueTime time) => new(time.Instant, time.Uncertainty, true, false);

    /// <summary>
    /// No reading can be of later. A gateway that nobody vouches for believes a device that knows its offset, and where it is plainly
    /// behind any device; but not without bound.
    /// </summary>
    internal DateTimeOffset Latest(bool isZoned) => !IsVouched && (isZoned || IsBehind)
        ? Calendar.Clamp(Instant, SleepMaximum)
        : Calendar.Clamp(Instant, AheadMaximum + (IsVouched ? Uncertainty : TimeSpan.Zero));
}
