using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Moq;

namespace IoTHealth.Cloud.Tests.Feeds;

public sealed class LatestFeedTests : IAsyncLifetime
{
    private static readonly Assignment Wrong = Readings.Assignment();

    private readonly TestFolder _folder = new();
    private readonly SqliteMeasurementLog _log;
    private readonly SqliteFile _file;
    private readonly LatestStore _latest;
    private readonly FeedStore _store;
    private readonly FeedReader _reader;
    private ShardLease _lease = null!;

    public LatestFeedTests()
    {
        _log = SqliteMeasurementLog.Open(_folder.File("log.db"));
        _file = SqliteFile.Open(_folder.File("cloud.db"), FeedStore.Schema + LatestStore.Schema);
        (_latest, _store) = (new LatestStore(_file), new FeedStore(_file, TimeProvider.System));
        var grains = new Mock<IGrainFactory>();
        grains.Setup(g => g.GetGrain<IPatientGrain>(It.IsAny<string>(), null)).Returns((string key, string _) => Grain(key));
        _reader = new FeedReader(
            new LatestFeed(grains.Object, _latest), _log, _store, new ResidentDirectory(), new CommitSignal(), TimeProvider.System,
            NullLogger<FeedReader>.Instance);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _lease = await _log.TakeOverAsync(1, Stop);
        await AppendAsync(Readings.Entry(1, Wrong), Readings.Entry(2, Readings.HeartRate(2, 62)), Readings.Entry(3, Readings.HeartRate(3, 63)));
    }

    public async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        await _file.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_value_that_was_another_residents_goes_there_and_the_one_before_shows_again()
    {
        Assert.Equal("63 /min", await LatestAsync("r-001"));
        var change = Readings.HeartRate(3).Time.Instant;

        await AppendAsync(Readings.Entry(4, Wrong with { To = change }), Readings.Entry(5, Readings.Assignment("r-002", change)));

        Assert.Equal("62 /min", await LatestAsync("r-001"));
        Assert.Equal("63 /min", await LatestAsync("r-002"));
        Assert.Equal(new FeedCount(2, 0, 0, 0), await _store.CountAsync("latest", Stop));
    }

    [Fact]
    public async Task A_value_that_is_nobodys_any_more_goes()
    {
        await AppendAsync(Readings.Entry(4, Wrong with { To = Wrong.From }));

        Assert.Null(await LatestAsync("r-001"));
        Assert.Equal(new FeedCount(0, 2, 0, 0), await _store.CountAsync("latest", Stop));
    }

    [Fact]
    public async Task Corrected_content_of_the_same_measurement_wins()
    {
        await AppendAsync(Readings.Entry(4, Readings.HeartRate(3, 48)));
        Assert.Equal("48 /min", await LatestAsync("r-001"));

        var later = Readings.HeartRate(3, 49);
        await AppendAsync(Readings.Entry(5, later with { Time = later.Time with { Instant = Readings.Instant.AddSeconds(1) } }));
        Assert.Equal("62 /min", await LatestAsync("r-001"));
    }

    [Fact]
    public async Task A_late_reading_replaces_no_newer_one_and_what_is_long_past_is_forgotten()
    {
        await AppendAsync(Readings.Entry(4, Readings.HeartRate(1, 61)));
        Assert.Equal("63 /min", await LatestAsync("r-001"));

        await AppendAsync(Readings.Entry(5, Readings.HeartRate(3 * 24 * 3600, 70)));
        Assert.Equal("70 /min", await LatestAsync("r-001"));
        Assert.Single(await _latest.ShownAsync(Readings.Robot, Stop));
    }

    private IPatientGrain Grain(string key)
    {
        var grain = new Mock<IPatientGrain>();
        grain.Setup(g => g.ApplyAsync(It.IsAny<LatestValue[]>())).Returns((LatestValue[] values) => _latest.ApplyAsync(key, values, Stop));
        return grain.Object;
    }

    private async Task AppendAsync(params Entry[] entries)
    {
        _lease = await _log.AppendAsync(_lease, [Readings.Batch(entries)], Readings.Instant, Stop);
        while (await _reader.StepAsync(Stop))
        {
        }
    }

    private async Task<string?> LatestAsync(string resident) => (await _latest.ReadAsync(resident, Stop)).SingleOrDefault()?.Text;
}
