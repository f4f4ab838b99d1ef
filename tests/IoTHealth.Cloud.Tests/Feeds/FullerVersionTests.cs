using IoTHealth.Cloud.Feeds;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>Versions of one measurement: the fuller one is told, whichever comes last.</summary>
public sealed class FullerVersionTests : IAsyncLifetime
{
    private static readonly Measurement Short = Readings.Of(
        "implant-episode", 1, new Component("episode-type", new MeasuredValue.Coded("urn:iothealth:episode-type", "vf", "754945")));

    private static readonly Measurement Full = Short with
    {
        Components = [.. Short.Components, new Component("episode-duration", new MeasuredValue.Quantity(30, "s"))],
    };

    private RecordBench _bench = null!;

    public async ValueTask InitializeAsync()
    {
        _bench = await RecordBench.StartAsync();
        await _bench.AppendAsync(Readings.Entry(1, Readings.Assignment()));
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task A_shorter_listing_never_erases_a_fuller_one()
    {
        await _bench.AppendAsync(Episode(2, Full));
        await _bench.DrainAsync();
        await _bench.AppendAsync(Episode(3, Short));
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        Assert.Empty(_bench.Fhir.TakenBack);
        Assert.Equal(new FeedCount(1, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task A_fuller_listing_takes_the_place_of_a_shorter_one()
    {
        await _bench.AppendAsync(Episode(2, Short));
        await _bench.DrainAsync();
        await _bench.AppendAsync(Episode(3, Full));
        await _bench.DrainAsync();
        Assert.Equal([$"{Short.Id}.r-001.1", $"{Short.Id}.r-001.2"], _bench.Fhir.Observations);
        Assert.Equal([$"{Short.Id}.r-001.1"], _bench.Fhir.TakenBack);
    }

    // Two gateways read one device; the clock of one was not to be relied on.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_gateway_made_of_its_clocks_makes_no_version_fuller(bool fullerIsFlagged)
    {
        Measurement Told(Measurement one, bool isFlagged) => isFlagged
            ? one with { Flags = [ClockFlag.GatewayBehind, ClockFlag.Suspected], Time = one.Time with { Instant = one.Time.Instant.AddHours(-1), Uncertainty = MeasurementTime.Unbounded } }
            : one;
        await _bench.AppendAsync(Episode(2, Told(Full, fullerIsFlagged)));
        await _bench.DrainAsync();
        await _bench.AppendAsync(Episode(3, Told(Short, !fullerIsFlagged)));
        await _bench.DrainAsync();
        await _bench.AppendAsync(Episode(4, Told(Full, !fullerIsFlagged)), Episode(5, Told(Short, fullerIsFlagged)));
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        Assert.Empty(_bench.Fhir.TakenBack);
    }

    [Fact]
    public async Task Both_at_once_are_told_once()
    {
        await _bench.AppendAsync(Episode(2, Short), Episode(3, Full), Episode(4, Full with { Flags = ["corrected"] }));
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        Assert.Empty(_bench.Fhir.TakenBack);
    }

    [Fact]
    public async Task Another_value_is_a_correction_and_not_a_shorter_listing()
    {
        await _bench.AppendAsync(Episode(2, Full));
        await _bench.DrainAsync();
        var corrected = Full with { Components = [Short.Components[0], new Component("episode-duration", new MeasuredValue.Quantity(31, "s"))] };
        await _bench.AppendAsync(Episode(3, corrected));
        await _bench.DrainAsync();
        Assert.Equal(2, _bench.Fhir.Observations.Count);
        Assert.Single(_bench.Fhir.TakenBack);
    }

    [Fact]
    public async Task A_waiting_shorter_one_is_let_go_when_the_fuller_is_there()
    {
        var other = DeviceId.FromSerial("IoTHealth", "Pace-DR", "P-0001");
        await _bench.AppendAsync(Episode(2, Short with { Device = other }), Episode(3, Full with { Device = other }));
        await _bench.DrainAsync();
        Assert.Equal(new FeedCount(0, 1, 0, 0), await _bench.CountAsync());
        await _bench.AppendAsync(Readings.Entry(4, Readings.Assignment() with { Device = other }));
        await _bench.DrainAsync();
        Assert.Single(_bench.Fhir.Observations);
        Assert.Equal(new FeedCount(1, 0, 0, 0), await _bench.CountAsync());
    }

    private static Entry Episode(long position, Measurement measurement) => Readings.Entry(position, measurement) with { Priority = EntryPriority.Episode };
}
