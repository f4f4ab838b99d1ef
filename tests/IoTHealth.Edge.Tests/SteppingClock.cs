using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests;

/// <summary>A fake clock whose wall can be set apart from its timers and its monotonic count, as a real one's can.</summary>
internal sealed class SteppingClock(DateTimeOffset start) : TimeProvider
{
    private readonly FakeTimeProvider _steady = new(start);

    private TimeSpan _skipped;

    /// <summary>How far the wall clock was set, forward or back.</summary>
    public TimeSpan Step { get; set; }

    public override long TimestampFrequency => _steady.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => _steady.LocalTimeZone;

    /// <summary>Time goes by and no timer is told, as while nobody runs.</summary>
    public void Skip(TimeSpan time) => _skipped += time;

    public void Advance(TimeSpan time) => _steady.Advance(time);

    public override DateTimeOffset GetUtcNow() => _steady.GetUtcNow() + _skipped + Step;

    // From the start, as a kernel's counts from boot.
    public override long GetTimestamp() => _steady.GetTimestamp() - start.UtcTicks + _skipped.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        _steady.CreateTimer(callback, state, dueTime, period);
}
