namespace IoTHealth.Testing;

/// <summary>Waits for a condition; a failure names what was awaited and what was seen last.</summary>
public static class Eventually
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(25);

    /// <summary>Looks again and again until the value satisfies the condition, and returns that value.</summary>
    /// <exception cref="TimeoutException">The condition did not hold in time.</exception>
    public static async Task<T> SeesAsync<T>(
        string what, Func<CancellationToken, Task<T>> look, Func<T, bool> holds, TimeSpan timeout, TimeSpan? interval = null)
    {
        using var late = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(interval ?? Interval);
        var last = "nothing";
        do
        {
            var (error, value) = await TryLookAsync(look, late.Token);
            if (error is null && holds(value!))
            {
                return value!;
            }

            // The look that our own time-out cut short says less than the one before it.
            last = late.IsCancellationRequested ? last : error ?? value?.ToString();
        }
        while (await TicksAsync(timer, late.Token));
        throw new TimeoutException($"{what}: not within {timeout.TotalSeconds} s; last seen: {last}");
    }

    /// <summary>The same for a plain condition.</summary>
    public static Task HoldsAsync(string what, Func<bool> condition, TimeSpan timeout) =>
        SeesAsync(what, _ => Task.FromResult(condition()), held => held, timeout);

    private static async Task<(string? Error, T? Value)> TryLookAsync<T>(Func<CancellationToken, Task<T>> look, CancellationToken late)
    {
        try
        {
            return (null, await look(late));
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            return (error.Message, default);
        }
    }

    private static async Task<bool> TicksAsync(PeriodicTimer timer, CancellationToken late)
    {
        try
        {
            return await timer.WaitForNextTickAsync(late);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
