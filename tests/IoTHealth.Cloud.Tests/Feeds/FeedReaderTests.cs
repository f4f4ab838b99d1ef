using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>How a reader shares its time among shards, and between what waits and what comes.</summary>
public sealed class FeedReaderTests : IAsyncDisposable
{
    private readonly TestFolder _folder = new();
    private readonly ListFeed _feed = new();
    private readonly SqliteMeasurementLog _log;
    private readonly SqliteFile _file;
    private readonly FeedReader _reader;

    public FeedReaderTests()
    {
        _log = SqliteMeasurementLog.Open(_folder.File("log.db"));
        _file = SqliteFile.Open(_folder.File("cloud.db"), FeedStore.Schema);
        _reader = new FeedReader(
            _feed, _log, new FeedStore(_file, TimeProvider.System), new ResidentDirectory(), new CommitSignal(), TimeProvider.System,
            NullLogger<FeedReader>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_shards_backlog_keeps_no_other_waiting()
    {
        await AppendAsync(1, [Readings.Entry(1, Readings.Assignment()), .. HeartRates(2, 1999)]);
        await AppendAsync(2, HeartRates(3001, 3));
        await AppendAsync(3, HeartRates(4001, 900));

        Assert.True(await _reader.StepAsync(Stop));

        var shares = _feed.Pages[0].CountBy(item => item.Logged.Shard).ToDictionary();
        Assert.Equal((198, 3, 198), (shares[1], shares[2], shares[3]));
    }

    [Fact]
    public async Task Every_shard_with_work_is_served_by_every_page()
    {
        await AppendAsync(0, [Readings.Entry(1, Readings.Assignment())]);
        for (var shard = 1; shard < Shards.Count; shard++)
        {
            await AppendAsync(shard, HeartRates(shard * 100, 20));
        }

        Assert.True(await _reader.StepAsync(Stop));

        Assert.Equal(Shards.Count - 1, _feed.Pages[0].CountBy(item => item.Logged.Shard).Count());
    }

    [Fact]
    public async Task What_waited_is_tried_slice_by_slice_between_pages()
    {
        await AppendAsync(1, HeartRates(1, 1000));
        while (await _reader.StepAsync(Stop))
        {
        }

        await AppendAsync(2, [Readings.Entry(1, Readings.Assignment()), .. HeartRates(2001, 5)]);
        Assert.True(await _reader.StepAsync(Stop));

        Assert.Equal([400, 5], _feed.Pages.Select(page => page.Count));
        while (await _reader.StepAsync(Stop))
        {
        }

        Assert.Equal(1005, _feed.Pages.Sum(page => page.Count));
    }

    private static Entry[] HeartRates(int from, int count) =>
        [.. Enumerable.Range(from, count).Select(n => Readings.Entry(n, Readings.HeartRate(n)))];

    private async Task AppendAsync(int shard, Entry[] entries) =>
        await _log.AppendAsync(await _log.TakeOverAsync(shard, Stop), [Readings.Batch(entries)], Readings.Instant, Stop);

    /// <summary>Takes everything and keeps the pages.</summary>
    private sealed class ListFeed : IFeed
    {
        public List<IReadOnlyList<FeedItem>> Pages { get; } = [];

        public string Name => "list";

        public Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation)
        {
            Pages.Add(items);
            return Task.FromResult<IReadOnlyList<FeedOutcome>>([.. items.Select(_ => new FeedOutcome.Delivered())]);
        }
    }
}
