using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Documents;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Moq;

namespace IoTHealth.Cloud.Tests.Patients;

public sealed class ResidentsWatchTests : IAsyncDisposable
{
    private static readonly string Two = ResidentsText.Of("permit");

    private readonly TestFolder _folder = new();
    private readonly ResidentDirectory _residents = new();
    private readonly Mock<ILogShardGrain> _shard = new();
    private readonly ListLogger<ResidentsWatch> _logger = new();
    private readonly SqliteMeasurementLog _log;
    private readonly ResidentsWatch _watch;

    public ResidentsWatchTests()
    {
        _log = SqliteMeasurementLog.Open(_folder.File("log.db"));
        var grains = new Mock<IGrainFactory>();
        grains.Setup(g => g.GetGrain<ILogShardGrain>(It.IsAny<long>(), null)).Returns(_shard.Object);
        _watch = new ResidentsWatch(
            _folder.File("residents.yaml"), _residents, new FileAssignments(_log, grains.Object, TimeProvider.System), new CommitSignal(),
            new HastyTime(), _logger);
        Write(Two);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_file_counts_once_two_looks_saw_the_same_bytes()
    {
        await _watch.LoadAsync(Stop);
        Write(Two[..Two.IndexOf("  - key: r-002", StringComparison.Ordinal)]);
        await _watch.LookAsync(Stop);
        Assert.NotNull(_residents.Find("r-002"));

        Write(ResidentsText.Of("deny"));
        await _watch.LookAsync(Stop);
        Assert.Equal(ConsentDecision.Permit, _residents.ConsentOf("r-002"));
        await _watch.LookAsync(Stop);
        Assert.Equal(ConsentDecision.Deny, _residents.ConsentOf("r-002"));
    }

    [Fact]
    public async Task A_file_with_a_mistake_is_said_once_and_the_former_one_stays_in_force()
    {
        await _watch.LoadAsync(Stop);
        Write(ResidentsText.Of("deny", ResidentsText.Assignment("r-009")));
        await RunUntilAsync("the mistake is found", () => _watch.Refusal is not null);

        Assert.Contains("residents.yaml:12:", _watch.Refusal, StringComparison.Ordinal);
        Assert.Equal(ConsentDecision.Permit, _residents.ConsentOf("r-001"));
        Assert.Single(_logger.Lines, line => line.Text.Contains("'r-009'", StringComparison.Ordinal));

        Write(Two);
        await RunUntilAsync("it is mended", () => _watch.Refusal is null);
    }

    [Fact]
    public async Task A_cancellation_that_is_not_ours_does_not_end_it()
    {
        var calls = 0;
        _shard.Setup(s => s.AppendAsync(It.IsAny<EntryBatch>()))
            .Returns(() => Interlocked.Increment(ref calls) == 1 ? throw new TaskCanceledException("a silo went") : Task.CompletedTask);
        Write(ResidentsText.Of("permit", ResidentsText.Assignment()));

        await RunUntilAsync("it tried again", () => _residents.Count == 2);
        Assert.Contains(_logger.Lines, line => line.Text.Contains("a silo went", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_file_must_be_whole() =>
        await Assert.ThrowsAsync<DocumentException>(() =>
        {
            Write("residents: nobody");
            return _watch.LoadAsync(Stop);
        });

    private async Task RunUntilAsync(string what, Func<bool> condition)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var running = _watch.RunAsync(stop.Token);
        await Eventually.HoldsAsync(what, () => running.IsCompleted || condition(), TimeSpan.FromSeconds(10));
        Assert.False(running.IsCompleted, running.Exception?.Message ?? "the watch ended");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    private void Write(string text) => File.WriteAllText(_folder.File("residents.yaml"), text);
}
