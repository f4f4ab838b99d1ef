namespace IoTHealth.Cloud.Feeds;

/// <summary>Waits that double from 200 ms to 30 s, each with jitter between half and all of it.</summary>
public sealed class Backoff(TimeProvider time)
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next = First;

    public void Reset() => _next = First;

    /// <summary>Waits the next time; throws when cancelled.</summary>
    public Task WaitAsync(CancellationToken cancellation)
    {
        var wait = _next * (0.5 + Random.Shared.NextDouble() / 2);
        _next = _next * 2 < Longest ? _next * 2 : Longest;
        return Task.Delay(wait, time, cancellation);
    }
}
