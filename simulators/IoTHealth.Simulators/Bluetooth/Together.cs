namespace IoTHealth.Simulators.Bluetooth;

/// <summary>Runs what belongs together: when one ends or fails, the others are stopped.</summary>
internal static class Together
{
    /// <summary>Ends when all have ended, with the exception of the one that failed first.</summary>
    public static async Task RunAsync(CancellationToken stop, params IReadOnlyCollection<Func<CancellationToken, Task>> runs)
    {
        using var each = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task[] running = [.. runs.Select(run => run(each.Token))];
        var first = await Task.WhenAny(running);
        await each.CancelAsync();
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await first;
        stop.ThrowIfCancellationRequested();
    }
}
