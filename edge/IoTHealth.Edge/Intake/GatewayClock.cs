using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>A moment on the gateway's clocks.</summary>
/// <param name="Boot">Which boot the monotonic clock counts from.</param>
/// <param name="MonotonicNanoseconds">Monotonic clock, nanoseconds.</param>
/// <param name="Wall">Wall clock, UTC.</param>
/// <param name="IsSynchronised">Whether a time service keeps the wall clock right.</param>
/// <param name="Behind">How far the wall clock lies before a moment that has certainly passed; zero when it may be right.</param>
public readonly record struct GatewayMoment(
    Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall, bool IsSynchronised, TimeSpan Behind = default)
{
    /// <summary>When that is, by the wall clock where it is kept right, else by a moment of this boot at which it was.</summary>
    public Receipt In(ClockBook book) => (IsSynchronised ? new TrueTime(Wall, TimeSpan.Zero) : book.At(Boot, MonotonicNanoseconds)) is { } known
        ? Receipt.Vouched(known)
        : new Receipt(Wall + Behind, MeasurementTime.Unbounded, IsVouched: false, IsBehind: Behind > TimeSpan.Zero);
}

/// <summary>The gateway's own clocks. A box without a battery-backed clock wakes in the past until NTP is up.</summary>
/// <param name="time">Clocks.</param>
/// <param name="isSynchronised">Whether a time service keeps the wall clock right.</param>
/// <param name="passed">A moment that has certainly passed, such as the last receipt (<see cref="LastReceipt"/>).</param>
/// <param name="zone">The facility's zone, by which the ledger's days begin.</param>
/// <param name="boot">This boot; null for the kernel's own id.</param>
public sealed class GatewayClock(TimeProvider time, Func<bool> isSynchronised, DateTimeOffset passed, TimeZoneInfo zone, Guid? boot = null)
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>This program was written after this.</summary>
    private static readonly DateTimeOffset Written = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DateTimeOffset _floor = passed > Written ? passed : Written;
    private readonly Guid _boot = boot ?? (File.Exists(BootIdFile) && Guid.TryParse(File.ReadAllText(BootIdFile), out var kernels) ? kernels : Guid.NewGuid());

    public GatewayMoment Now()
    {
        var isRight = isSynchronised();
        var wall = time.GetUtcNow();
        return new GatewayMoment(
            _boot,
            (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency)),
            wall,
            isRight,
            !isRight && wall < _floor ? _floor - wall : TimeSpan.Zero);
    }

    /// <summary>The facility's day on which a moment stands, by the wall clock as it was then.</summary>
    public DateOnly DayOf(GatewayMoment moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment.Wall, zone).DateTime);
}
