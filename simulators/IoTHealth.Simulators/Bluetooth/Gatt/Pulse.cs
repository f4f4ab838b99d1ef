namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>Wakes those who wait for a condition whenever something it may depend on has changed.</summary>
internal sealed class Pulse(TimeProvider clock)
{
    private TaskCompletionSource _next = New();

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Waits until the condition holds.</summary>
    /// <returns>Whether it held within the patience; without one, always.</returns>
    public async Task<bool> UntilAsync(Func<bool> condition, TimeSpan? patience, CancellationToken stop)
    {
        using var late = new CancellationTokenSource(patience ?? Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stop);
        while (true)
        {
            // Taken before the look: a change between the two is not missed.
            var next = Volatile.Read(ref _next).Task;
            if (condition())
            {
                return true;
            }

            try
            {
                await next.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return condition();
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
