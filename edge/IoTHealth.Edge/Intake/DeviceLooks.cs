using System.Collections.Concurrent;
using IoTHealth.Devices;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Which looks at device clocks are worth an entry: those that tell something new, and one an hour of a clock that goes on as it did.
/// A device that connects every minute must not fill the log.
/// </summary>
public sealed class DeviceLooks
{
    private static readonly TimeSpan Same = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WrittenEvery = TimeSpan.FromHours(1);

    private const int NanosecondsPerTick = 100;

    private readonly ConcurrentDictionary<DeviceId, (long At, TimeSpan? Ahead, bool IsSet)> _last = [];

    /// <summary>The entry a look makes, or null where it tells nothing new.</summary>
    public ClockEntry.Device? Worth(DeviceContext device, DecodedClock look, GatewayMoment received)
    {
        var now = received with { Wall = received.Wall - look.Ago, MonotonicNanoseconds = Math.Max(0, received.MonotonicNanoseconds - (look.Ago.Ticks * NanosecondsPerTick)) };
        // After setting, the next look tells anew.
        if (!look.IsSet && _last.TryGetValue(device.Id, out var last) && !last.IsSet && IsSame(AheadOf(look.Shown, now.Wall), last.Ahead) &&
            (now.MonotonicNanoseconds - last.At) / NanosecondsPerTick < WrittenEvery.Ticks)
        {
            return null;
        }

        return new ClockEntry.Device(
            now.Boot, now.MonotonicNanoseconds, now.Wall, now.IsSynchronised, device.Id, look.Shown,
            InstantCorrection.OffsetOf(device.Zone, look.Shown?.Wall ?? TimeZoneInfo.ConvertTime(now.Wall, device.Zone).DateTime), look.IsSet);
    }

    /// <summary>Takes note of one that is durable.</summary>
    public void Kept(ClockEntry.Device look) =>
        _last[look.Id] = (look.MonotonicNanoseconds, look.IsSet ? null : AheadOf(look.Shown, look.Wall), look.IsSet);

    private static TimeSpan? AheadOf(DeviceTime? shown, DateTimeOffset wall) => shown is null ? null : new TimeSpan(shown.Wall.Ticks - wall.UtcTicks);

    private static bool IsSame(TimeSpan? one, TimeSpan? other) => one is null || other is null ? one == other : (one - other).Value.Duration() <= Same;
}
