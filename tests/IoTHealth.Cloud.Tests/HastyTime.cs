namespace IoTHealth.Cloud.Tests;

/// <summary>A clock on which nobody waits: every timer fires at once.</summary>
internal sealed class HastyTime : TimeProvider
{
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => base.CreateTimer(
        callback, state, dueTime > TimeSpan.Zero ? TimeSpan.Zero : dueTime, period > TimeSpan.Zero ? TimeSpan.FromMilliseconds(1) : period);
}
