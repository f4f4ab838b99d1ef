namespace IoTHealth.Links.Bluetooth;

/// <summary>Wakes all who wait whenever something changes.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    /// <summary>Looks, and looks again after each beat, until the condition holds.</summary>
    public async Task HoldsAsync(Func<bool> condition, CancellationToken cancellation)
    {
        while (true)
        {
            // Armed before looking: a beat in between is not missed.
            var next = Volatile.Read(ref _next).Task;
            if (condition())
            {
                return;
            }

            await next.WaitAsync(cancellation);
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
