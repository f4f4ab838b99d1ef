namespace IoTHealth.Edge.Intake;

/// <summary>A moment on the gateway's clocks.</summary>
/// <param name="Boot">Which boot the monotonic clock counts from.</param>
/// <param name="MonotonicNanoseconds">Monotonic clock, nanoseconds.</param>
/// <param name="Wall">Wall clock, UTC.</param>
public readonly record struct GatewayMoment(Guid Boot, long MonotonicNanoseconds, DateTimeOffset Wall);

/// <summary>The gateway's own clocks.</summary>
public sealed class GatewayClock(TimeProvider time)
{
    private const string BootIdFile = "/proc/sys/kernel/random/boot_id";

    private readonly Guid _boot = File.Exists(BootIdFile) && Guid.TryParse(File.ReadAllText(BootIdFile), out var boot) ? boot : Guid.NewGuid();

    public GatewayMoment Now() => new(
        _boot,
        (long)(time.GetTimestamp() * (1e9 / time.TimestampFrequency)),
        time.GetUtcNow());
}
