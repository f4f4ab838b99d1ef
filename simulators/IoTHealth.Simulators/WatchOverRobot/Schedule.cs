namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>When each record is measured: evenly spaced. A robot held up for long goes on from the present and does not make up what it missed.</summary>
internal sealed class Schedule(double recordsPerSecond, TimeProvider clock)
{
    private static readonly TimeSpan Tolerated = TimeSpan.FromSeconds(2);
    private DateTimeOffset _origin = clock.GetUtcNow();
    private long _passed;

    /// <summary>The instant of the next record.</summary>
    public DateTimeOffset Next()
    {
        var due = _origin + TimeSpan.FromSeconds(_passed / recordsPerSecond);
        if (clock.GetUtcNow() - due > Tolerated)
        {
            (_origin, _passed, due) = (clock.GetUtcNow(), 0, clock.GetUtcNow());
        }

        _passed++;
        return due;
    }

    public Task UntilAsync(DateTimeOffset due, CancellationToken stop)
    {
        var wait = due - clock.GetUtcNow();
        return wait > TimeSpan.Zero ? Task.Delay(wait, clock, stop) : Task.CompletedTask;
    }
}
