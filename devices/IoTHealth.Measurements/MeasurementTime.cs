namespace IoTHealth.Measurements;

/// <summary>What the device's clock showed, with or without a zone.</summary>
/// <param name="Wall">The time of day and date shown; its Kind is Unspecified.</param>
/// <param name="Offset">The offset from UTC the device gave, or null where it gave none.</param>
public sealed record DeviceTime(DateTime Wall, TimeSpan? Offset);

/// <summary>How a corrected instant was obtained.</summary>
public enum TimeBasis
{
    /// <summary>The device gave no time: the moment of receipt.</summary>
    Received = 0,

    /// <summary>The device's time with its own offset.</summary>
    DeviceZoned = 1,

    /// <summary>The device's local time in the zone the registry names for it.</summary>
    DeviceLocal = 2,

    /// <summary>The device's clock is plainly wrong (unset, or ahead of the gateway): the moment of receipt.</summary>
    DeviceDistrusted = 3,

    /// <summary>The device's time, less what its clock was found to be off when the gateway looked at it.</summary>
    DeviceCorrected = 4,
}

/// <summary>
/// The three clocks of a reading and what is made of them. The corrected instant is derived, may be revised by a later
/// clock entry, and is never part of an id.
/// </summary>
/// <param name="Device">What the device said, or null.</param>
/// <param name="Boot">Boot id of the gateway.</param>
/// <param name="MonotonicNanoseconds">The gateway's monotonic clock at receipt, nanoseconds since boot.</param>
/// <param name="Received">The gateway's wall clock at receipt, UTC.</param>
/// <param name="Instant">Corrected instant, UTC.</param>
/// <param name="Uncertainty">Half-width of the interval that holds the true instant.</param>
/// <param name="Basis">How the instant was obtained.</param>
public sealed record MeasurementTime(
    DeviceTime? Device,
    Guid Boot,
    long MonotonicNanoseconds,
    DateTimeOffset Received,
    DateTimeOffset Instant,
    TimeSpan Uncertainty,
    TimeBasis Basis)
{
    /// <summary>The half-width that stands for no bound at all, where nobody vouches for any clock.</summary>
    public static readonly TimeSpan Unbounded = TimeSpan.FromDays(36_525);

    /// <summary>Whether a time service kept the gateway's wall clock right at receipt.</summary>
    public bool IsSynchronised { get; init; }

    /// <summary>The offset from UTC that the registry's zone gave for the device's time; null where the device gave its own.</summary>
    public TimeSpan? AssumedOffset { get; init; }

    /// <summary>How far the zone leaves the instant open: an hour in the hour that happens twice, or never.</summary>
    public TimeSpan ZoneDoubt { get; init; }
}
