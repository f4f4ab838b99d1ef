namespace IoTHealth.Edge.Intake;

/// <summary>A moment on the gateway's clocks.</summary>
/// <param name="Boot">Which boot the monotonic clock counts from.</param>
/// <param name="MonotonicNanoseconds">Monotonic clock, nanoseconds.</param>
/// <param name="Wall">Wall clock, UTC.</param>
/// <param name="Behind">How far the wall clock lies before a moment that has certainly passed; zero when it may be right.</param>
public readonly record struct GatewayMoment(Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall, TimeSpan Behind = default);

/// <summary>The gateway's own clocks. A box without a battery-backed clock wakes in the past until NTP is up.</summary>
/// <param name="time">Clocks.</param>
/// <param name="lastReceipt">When the gateway last received a reading; it must be later now.</param>
/// <param name="zone">The facility's zone, by which the ledger's days begin.</param>
public sealed class GatewayClock(TimeProvider time, DateTimeOffset lastReceipt, TimeZoneInfo zone)
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    /// <summary>This program was written after this.</summary>
    private static readonly DateTimeOffset Written = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly DateTimeOffset _floor = lastReceipt > Written ? lastReceipt : Written;
    private readonly Guid _boot = File.Exists(BootIdFile) && Guid.TryParse(File.ReadAllText(BootIdFile), out var boot) ? boot : Guid.NewGuid();

    public GatewayMoment Now()
    {
        var wall = time.GetUtcNow();
        return new GatewayMoment(
            _boot,
            (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency)),
            wall,
            wall < _floor ? _floor - wall : TimeSpan.Zero);
    }

    /// <summary>The facility's day on which a moment stands, by the wall clock as it was then.</summary>
    public DateOnly DayOf(GatewayMoment moment) => DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment.Wall, zone).DateTime);
}
