namespace IoTHealth.Edge.Journal;

/// <summary>Bounded pauses between tries, doubling, with jitter so that many boxes do not come back at once.</summary>
public static class Backoff
{
    /// <param name="failures">Tries that have failed, from 0.</param>
    /// <param name="first">Pause after the first failure, at most.</param>
    /// <param name="longest">No pause is longer.</param>
    public static TimeSpan Of(int failures, TimeSpan first, TimeSpan longest)
    {
        var bound = Math.Min(longest.TotalMilliseconds, first.TotalMilliseconds * Math.Pow(2, Math.Min(failures, 16)));
        return TimeSpan.FromMilliseconds(bound * (0.5 + Random.Shared.NextDouble() / 2));
    }

    /// <summary>Waits, or returns at once when cancelled; never throws for that.</summary>
    public static async Task WaitAsync(TimeSpan pause, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            await Task.Delay(pause, time, cancellation);
        }
        catch (OperationCanceledException)
        {
            // Stopping: the caller's loop looks at its token.
        }
    }
}
