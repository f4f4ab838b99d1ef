using Microsoft.Extensions.Logging;

namespace IoTHealth.Cloud.Tests;

public sealed class BackgroundLoopsTests : IDisposable
{
    private readonly ListLogger<BackgroundLoopsTests> _logger = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly BackgroundLoops _loops;

    public BackgroundLoopsTests() => _loops = new BackgroundLoops(() => _ended.TrySetResult(), _logger);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, Func<CancellationToken, Task>> Ends => new()
    {
        { "disk full", _ => throw new IOException("disk full") },
        { "not ours", _ => throw new OperationCanceledException("not ours") },
        { "came to its end", _ => Task.CompletedTask },
    };

    public void Dispose() => _loops.Dispose();

    [Theory]
    [MemberData(nameof(Ends), DisableDiscoveryEnumeration = true)]
    public async Task A_loop_that_ends_is_logged_and_ends_the_program(string reason, Func<CancellationToken, Task> loop)
    {
        _loops.Start("the feed", loop);
        await _ended.Task.WaitAsync(TimeSpan.FromSeconds(10), Stop);

        Assert.Contains(reason, _loops.Failure, StringComparison.Ordinal);
        Assert.Equal(LogLevel.Critical, Assert.Single(_logger.Lines).Level);
    }

    [Fact]
    public async Task A_loop_that_is_told_to_end_is_no_failure()
    {
        _loops.Start("the feed", stop => Task.Delay(Timeout.Infinite, stop));
        await _loops.StopAsync();

        Assert.Null(_loops.Failure);
        Assert.False(_ended.Task.IsCompleted);
    }
}
