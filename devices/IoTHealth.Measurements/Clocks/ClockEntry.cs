namespace IoTHealth.Measurements;

/// <summary>
/// What was learned of a clock at one moment of a gateway. Entries of this kind revise instants, whatever the order in which they
/// come, and never an id.
/// </summary>
/// <param name="Boot">Boot id of the gateway.</param>
/// <param name="MonotonicNanoseconds">Its monotonic clock, nanoseconds since boot.</param>
/// <param name="Wall">Its wall clock, UTC.</param>
/// <param name="IsSynchronised">Whether a time service kept the wall clock right.</param>
public abstract record ClockEntry(Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall, bool IsSynchronised)
{
    /// <summary>The gateway's own clocks, side by side.</summary>
    /// <param name="Cause">Why it was written: <c>started</c>, <c>synchronised</c>, <c>before-step</c>, <c>stepped</c>, <c>hourly</c>.</param>
    public sealed record Gateway(Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall, bool IsSynchronised, string Cause)
        : ClockEntry(Boot, MonotonicNanoseconds, Wall, IsSynchronised);

    /// <summary>A device's clock beside the gateway's.</summary>
    /// <param name="Id">The device.</param>
    /// <param name="Shown">What its clock showed; null where it showed no date.</param>
    /// <param name="AssumedOffset">Offset from UTC of the device's zone at that moment.</param>
    /// <param name="IsSet">Whether it was then set right: what came before keeps the old offset.</param>
    /// <param name="IsInferred">Nobody looked at it; inferred from how late its readings come. It casts doubt and corrects nothing.</param>
    public sealed record Device(
        Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall, bool IsSynchronised, DeviceId Id, DeviceTime? Shown, TimeSpan AssumedOffset,
        bool IsSet, bool IsInferred = false)
        : ClockEntry(Boot, MonotonicNanoseconds, Wall, IsSynchronised);

    /// <summary>Its id in the log: one moment of one clock is one entry.</summary>
    /// <param name="gateway">The gateway's id.</param>
    public MeasurementId IdAt(string gateway) => MeasurementId.Of(
        "clock", gateway, Boot.ToString("N"), MonotonicNanoseconds.ToString(System.Globalization.CultureInfo.InvariantCulture),
        this is Device device ? device.Id.Key : "", this is Gateway { Cause: var cause } ? cause : "");
}
