namespace IoTHealth.Simulators.Mqtt;

/// <summary>Waits between attempts: 50 ms doubling to 500 ms, each with jitter, so that a ward of robots does not knock as one.</summary>
internal sealed class Backoff(Random random, TimeProvider clock)
{
    private const double FirstMilliseconds = 50;
    private const double LastMilliseconds = 500;
    private double _nextMilliseconds = FirstMilliseconds;

    public void Reset() => _nextMilliseconds = FirstMilliseconds;

    public Task WaitAsync(CancellationToken stop)
    {
        var wait = _nextMilliseconds * (0.5 + (random.NextDouble() / 2));
        _nextMilliseconds = Math.Min(LastMilliseconds, _nextMilliseconds * 2);
        return Task.Delay(TimeSpan.FromMilliseconds(wait), clock, stop);
    }
}
