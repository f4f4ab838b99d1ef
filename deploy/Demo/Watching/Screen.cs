using Spectre.Console;

namespace IoTHealth.Demo.Watching;

/// <summary>Shows what the watcher sees until told to end: live on a terminal, a plain line every second elsewhere.</summary>
/// <param name="watcher">Asks edge and cloud.</param>
/// <param name="check">Called before each look; ends the showing by throwing.</param>
/// <param name="headings">The language.</param>
/// <param name="time">Paces the looks.</param>
internal sealed class Screen(Watcher watcher, Action check, Headings headings, TimeProvider time)
{
    public Task ShowAsync(CancellationToken end) => Console.IsOutputRedirected ? PrintAsync(end) : LiveAsync(end);

    /// <summary>Shows until the work is done, and returns what came of it.</summary>
    public async Task<T> ShowWhileAsync<T>(Task<T> work, CancellationToken end)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(end);
        var showing = ShowAsync(done.Token);
        await Task.WhenAny(work, showing);
        await done.CancelAsync();
        await showing;
        return await work.WaitAsync(end);
    }

    private async Task PrintAsync(CancellationToken end) =>
        await EachAsync(TimeSpan.FromSeconds(1), seen => Console.WriteLine(seen.Line), end);

    private async Task LiveAsync(CancellationToken end)
    {
        var view = new TerminalView(headings, AnsiConsole.Profile);
        await AnsiConsole.Live(Text.Empty).Overflow(VerticalOverflow.Crop).StartAsync(live =>
            EachAsync(TimeSpan.FromMilliseconds(500), seen => live.UpdateTarget(view.Render(seen)), end));
    }

    private async Task EachAsync(TimeSpan interval, Action<Snapshot> show, CancellationToken end)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(end))
            {
                check();
                show(await watcher.LookAsync(end));
            }
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end that was asked for.
        }
    }
}
