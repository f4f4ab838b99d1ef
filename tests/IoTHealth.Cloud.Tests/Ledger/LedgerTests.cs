using System.Text.Json.Nodes;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Ledger;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Ledger;

/// <summary>The account of law 3 from the cloud's point: every measurement received is in one place.</summary>
public sealed class LedgerTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);
    private static readonly DeviceId Stranger = DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-0099");

    private readonly CloudFolder _folder = new();
    private FhirEndpoint _fhir = null!;
    private RunningCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _fhir = await FhirEndpoint.StartAsync(_folder.Folder);
        _folder.WriteConfiguration(_fhir.Url, more: "\ntimeZone: Asia/Tokyo");
        _cloud = await RunningCloud.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        await _fhir.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Every_place_a_measurement_can_be_in_is_counted_by_device_and_day()
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 7));
        await gateway.PublishAsync(Readings.Batch(Readings.Entry(8, Foreign(1)), Readings.Entry(9, Foreign(2))));

        // A second version of a known measurement is no second measurement.
        await gateway.PublishAsync(Readings.Batch(Readings.Entry(10, Readings.HeartRate(7, 59))));
        await LineAsync(Readings.Robot, line => (Number(line, "received"), Number(line, "delivered")) == (7, 7));
        await LineAsync(Stranger, line => (Number(line, "received"), Number(line, "awaiting")) == (2, 2));

        _folder.WriteResidents(ResidentsText.Of("deny", ResidentsText.Assignment()));
        await Eventually.SeesAsync(
            "the denial is in force", stop => _cloud.Api.GetAsync("/residents/r-001/latest", stop), a => a.StatusCode == System.Net.HttpStatusCode.Forbidden, Soon);
        await gateway.PublishAsync(Readings.HeartRates(11, 3));
        await LineAsync(Readings.Robot, line => (Number(line, "received"), Number(line, "delivered"), Number(line, "withheld")) == (10, 7, 3));
    }

    [Fact]
    public async Task What_the_record_server_refuses_is_quarantined()
    {
        _fhir.Judge = _ => 422;
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 2));

        await LineAsync(Readings.Robot, line => (Number(line, "received"), Number(line, "quarantined"), Number(line, "delivered")) == (2, 2, 0));
    }

    [Fact]
    public async Task Gaps_count_where_their_measurements_belonged_and_once_however_often_they_are_told()
    {
        var day = new DateOnly(2026, 11, 20);
        var gap = Readings.Gone((2, 5)) with { Origins = [new GapOrigin(Readings.Robot.Value, day, 3)] };
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 1) with { Head = 8 });
        await gateway.PublishAsync(Readings.Batch(Readings.Entry(6, gap)));
        await gateway.PublishAsync(Readings.Batch(Readings.Entry(7, gap), Readings.Entry(8, gap with { Reader = "influx" })));

        await LineAsync(Readings.Robot, line => (string?)line["day"] == "2026-11-20" && (Number(line, "received"), Number(line, "gap")) == (0, 3));
        Assert.Single((await _cloud.GetAsync("/ledger?gateway=gw-01&day=2026-11-20")).AsArray());
        Assert.Empty((await _cloud.GetAsync("/ledger?gateway=gw-02")).AsArray());
    }

    [Fact]
    public async Task A_day_is_the_facilitys()
    {
        await using var gateway = await _cloud.ConnectAsync();
        await gateway.PublishAsync(Readings.HeartRates(1, 1));

        // 2026-11-23T18:12Z is the 24th in Tokyo.
        await LineAsync(Readings.Robot, line => (string?)line["day"] == "2026-11-24");
    }

    /// <summary>A log that was restored from an earlier copy than the feeds' own tables gives positions anew.</summary>
    [Fact]
    public async Task What_comes_under_positions_that_were_read_before_is_delivered_all_the_same()
    {
        await using (var gateway = await _cloud.ConnectAsync())
        {
            await gateway.PublishAsync(Readings.HeartRates(1, 5));
        }

        await _cloud.DisposeAsync();
        File.Copy(_folder.Folder.File("data/log.db"), _folder.Folder.File("log.copy"));
        _cloud = await RunningCloud.StartAsync(_folder);
        await using (var gateway = await _cloud.ConnectAsync())
        {
            await gateway.PublishAsync(Readings.Batch([.. Enumerable.Range(6, 5).Select(n => Readings.Entry(n, Foreign(n)))]));
            await LineAsync(Stranger, line => Number(line, "awaiting") == 5);
        }

        await _cloud.DisposeAsync();
        Directory.EnumerateFiles(_folder.Folder.File("data"), "log.db*").ToList().ForEach(File.Delete);
        File.Copy(_folder.Folder.File("log.copy"), _folder.Folder.File("data/log.db"));
        _cloud = await RunningCloud.StartAsync(_folder);
        await using var again = await _cloud.ConnectAsync();
        await again.PublishAsync(Readings.HeartRates(11, 3));
        await again.PublishAsync(Readings.Batch([.. Enumerable.Range(6, 5).Select(n => Readings.Entry(n, Foreign(n)))]));

        await LineAsync(Readings.Robot, line => (Number(line, "received"), Number(line, "delivered")) == (8, 8));
        await LineAsync(Stranger, line => (Number(line, "received"), Number(line, "awaiting")) == (5, 5));
        Assert.Equal(8, _fhir.Observations.Count);
    }

    [Fact]
    public async Task Noting_a_page_twice_changes_nothing()
    {
        using var folder = new TestFolder();
        await using var file = SqliteFile.Open(folder.File("cloud.db"), FeedStore.Schema + LedgerStore.Schema);
        var store = new LedgerStore(file);
        var day = new DateOnly(2026, 11, 24);
        var notes = Enumerable.Range(1, 3).Select(n => new LedgerNote(
            new LoggedEntry(5, n, Readings.Journal, Readings.Instant, Readings.Entry(n, Readings.HeartRate(n))),
            new CountedMeasurement(Readings.HeartRate(n).Id, Readings.Robot.Value, day), null)).ToList();
        for (var round = 0; round < 2; round++)
        {
            await store.CommitAsync(notes, new Dictionary<int, long> { [5] = 3 }, TestContext.Current.CancellationToken);
        }

        var line = Assert.Single(await store.ReadAsync("records", "gw-01", day, TestContext.Current.CancellationToken));
        Assert.Equal(new LedgerLine("gw-01", Readings.Robot.Value, day, 3, 0, 0, 0, 0, 3, 0), line);
    }

    private static Measurement Foreign(int sequence) =>
        Readings.Of(Stranger, "heart-rate", sequence, new Component("heart-rate", new MeasuredValue.Quantity(58, "/min")));

    private static long? Number(JsonNode line, string name) => (long?)line[name];

    /// <summary>Waits for such a line, and finds the equation hold at every look.</summary>
    private Task LineAsync(DeviceId device, Func<JsonNode, bool> holds) => Eventually.SeesAsync(
        $"a line of {device}",
        async _ =>
        {
            var lines = (await _cloud.GetAsync("/ledger?gateway=gw-01")).AsArray();
            Assert.All(lines, line => Assert.Equal(
                Number(line!, "received"),
                new[] { "delivered", "withheld", "awaiting", "quarantined", "unread" }.Sum(place => Number(line!, place))));
            return string.Join('\n', lines.Where(line => (string?)line!["device"] == device.Value).Select(line => line!.ToJsonString()));
        },
        text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Any(line => holds(JsonNode.Parse(line)!)), Soon);
}
