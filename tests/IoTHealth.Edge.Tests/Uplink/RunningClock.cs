using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>A fake clock that runs some hundred times as fast as a real one.</summary>
internal sealed class RunningClock : IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(2);

    private readonly CancellationTokenSource _over = new();
    private readonly Task _running;

    public RunningClock(double times = 100) => _running = RunAsync(Tick * times);

    public FakeTimeProvider Time { get; } = new(Sample.Noon);

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _running;
        _over.Dispose();
    }

    private async Task RunAsync(TimeSpan step)
    {
        using var timer = new PeriodicTimer(Tick);
        try
        {
            while (await timer.WaitForNextTickAsync(_over.Token))
            {
                Time.Advance(step);
            }
        }
        catch (OperationCanceledException)
        {
            // Over.
        }
    }
}
