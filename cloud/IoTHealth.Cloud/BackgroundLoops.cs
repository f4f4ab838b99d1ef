namespace IoTHealth.Cloud;

/// <summary>
/// The loops that run as long as the program. One that ends before it is told to takes the program with it: a feed that
/// stands still in silence would be worse.
/// </summary>
internal sealed partial class BackgroundLoops(Action endProgram, ILogger logger) : IDisposable
{
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _running = [];
    private volatile string? _failure;

    /// <summary>Which loop ended by itself, and why; null while all is well.</summary>
    public string? Failure => _failure;

    public void Start(string name, Func<CancellationToken, Task> loop) => _running.Add(Task.Run(() => GuardAsync(name, loop)));

    /// <summary>Tells all of them to end and waits until they have.</summary>
    public async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running);
    }

    public void Dispose() => _stopping.Dispose();

    private async Task GuardAsync(string name, Func<CancellationToken, Task> loop)
    {
        var reason = "it came to its end";
        try
        {
            await loop(_stopping.Token);
        }
        catch (Exception e)
        {
            reason = e.Message;
        }

        if (!_stopping.IsCancellationRequested)
        {
            LogEnded(logger, name, reason);
            _failure = $"{name} ended: {reason}";
            endProgram();
        }
    }

    [LoggerMessage(LogLevel.Critical, "{Loop} ended, and the program ends with it: {Reason}")]
    private static partial void LogEnded(ILogger logger, string loop, string reason);
}
