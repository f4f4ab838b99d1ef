using System.Text.Json.Nodes;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>What one measurement does that the record system will not take, and what it must not do to others.</summary>
public sealed class StuckDeliveryTests : IAsyncLifetime
{
    private RecordBench _bench = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _bench = await RecordBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_condition_that_several_resources_match_puts_that_measurement_in_quarantine()
    {
        Refuse(Readings.HeartRate(33), 412);
        await AppendAsync(99);

        await _bench.DrainAsync();

        Assert.Equal(new FeedCount(98, 0, 0, 1), await _bench.CountAsync());
        Assert.Equal("HTTP 412: no good", Assert.Single(await _bench.Store.RefusedAsync(10, Stop)).Reason);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(403)]
    [InlineData(409)]
    public async Task A_measurement_that_is_always_answered_later_waits_and_its_neighbours_arrive(int status)
    {
        Refuse(Readings.HeartRate(33), status);
        await AppendAsync(99);

        await _bench.DrainAsync();

        Assert.Equal(new FeedCount(98, 1, 0, 0), await _bench.CountAsync());
        Assert.Equal([$"record-server: {status}"], await _bench.ReasonsAsync());
    }

    [Fact]
    public async Task The_only_measurement_there_is_does_not_hold_the_feed_either()
    {
        Refuse(Readings.HeartRate(2), 500);
        await AppendAsync(1);

        await _bench.DrainAsync();

        Assert.Equal(new FeedCount(0, 1, 0, 0), await _bench.CountAsync());
        Assert.Equal(0, await _bench.Reader.BehindAsync(Stop));
    }

    [Theory]
    [InlineData(503)]
    [InlineData(403)]
    public async Task While_nothing_passes_everything_waits_whole_and_nothing_is_put_aside(int status)
    {
        var attempts = 0;
        _bench.Fhir.Judge = _ => Interlocked.Increment(ref attempts) <= 60 ? status : 200;
        await AppendAsync(99);

        await _bench.DrainAsync();

        Assert.Equal(new FeedCount(99, 0, 0, 0), await _bench.CountAsync());
        var down = _bench.Fhir.Transactions.Take(60).Select(bundle => FhirEndpoint.Resources(bundle, "Observation").Count());
        Assert.All(down, observations => Assert.True(observations is 50 or 49 or 0, $"a transaction of {observations}"));
    }

    [Fact]
    public async Task What_was_stuck_is_tried_again_after_a_while_and_arrives()
    {
        Refuse(Readings.HeartRate(3), 500);
        await AppendAsync(5);
        await _bench.DrainAsync();
        var attempts = _bench.Fhir.Transactions.Count;
        await _bench.DrainAsync();
        Assert.Equal(attempts, _bench.Fhir.Transactions.Count);

        _bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await _bench.DrainAsync();
        Assert.Equal(attempts + 1, _bench.Fhir.Transactions.Count);
        Assert.Equal(new FeedCount(4, 1, 0, 0), await _bench.CountAsync());
        Assert.Empty(_bench.Fhir.TakenBack);

        _bench.Fhir.Judge = _ => 200;
        _bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await _bench.DrainAsync();
        Assert.Equal(new FeedCount(5, 0, 0, 0), await _bench.CountAsync());
        Assert.Contains($"{Readings.HeartRate(3).Id}.r-001.1", _bench.Fhir.Observations);
    }

    [Fact]
    public async Task A_resident_who_left_the_file_meanwhile_is_waited_for_and_not_withheld()
    {
        _bench.Fhir.Judge = _ =>
        {
            _bench.Residents.Replace(ResidentsText.Parse("permit") with { Residents = [] });
            return 503;
        };
        await AppendAsync(1);
        await _bench.DrainAsync();
        Assert.Equal(["unknown-resident"], await _bench.ReasonsAsync());

        _bench.Fhir.Judge = _ => 200;
        _bench.Residents.Replace(ResidentsText.Parse("permit"));
        await _bench.DrainAsync();
        Assert.Equal(new FeedCount(1, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task Whatever_the_mapping_throws_is_a_reason_for_quarantine()
    {
        var outcomes = new FeedOutcome[2];
        var whole = Sending(0, Readings.HeartRate(1));

        await _bench.Delivery.DeliverAsync(new[] { whole, Sending(1, Broken) }, outcomes, Stop);

        Assert.IsType<FeedOutcome.Delivered>(outcomes[0]);
        Assert.Contains("no FHIR form", Assert.IsType<FeedOutcome.Quarantined>(outcomes[1]).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_take_back_that_cannot_be_mapped_stands_and_its_neighbours_are_taken_back()
    {
        var broken = Sending(1, Broken).Measurement;

        Assert.Equal([broken], await _bench.Delivery.TakeBackAsync([Sending(0, Readings.HeartRate(1)).Measurement, broken], Stop));
        Assert.Single(_bench.Fhir.TakenBack);
    }

    /// <summary>No wire carries it: it stands for a fault of the mapping that nobody has thought of.</summary>
    private static Measurement Broken => Readings.HeartRate(2) with { Components = default };

    private Sending Sending(int index, Measurement measurement) => new(index, new AttributedMeasurement(
        measurement, _bench.Residents.Find("r-001")!, 1, new Origin(Readings.Journal, 1, Readings.Instant)));

    private void Refuse(Measurement measurement, int status) => _bench.Fhir.Judge = bundle => Names(bundle, measurement) ? status : 200;

    private static bool Names(JsonObject bundle, Measurement measurement) =>
        bundle.ToJsonString().Contains(measurement.Id.ToString(), StringComparison.Ordinal);

    private Task AppendAsync(int readings) => _bench.AppendAsync(
        [Readings.Entry(1, Readings.Assignment()), .. Enumerable.Range(2, readings).Select(n => Readings.Entry(n, Readings.HeartRate(n)))]);
}
