using System.Text.Json.Nodes;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Measurements;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Cloud.Tests.Feeds;

/// <summary>Observations told of the wrong resident, and what becomes of those that cannot be taken back at once.</summary>
public sealed class TakeBackTests : IAsyncLifetime
{
    private static readonly Assignment Wrong = Readings.Assignment();

    private RecordBench _bench = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await RecordBench.StartAsync();
        await _bench.AppendAsync(Readings.Entry(1, Wrong), Readings.Entry(2, Readings.HeartRate(2)), Readings.Entry(3, Readings.HeartRate(3)));
        await _bench.DrainAsync();
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(422)]
    [InlineData(500)]
    public async Task One_that_does_not_succeed_is_counted_and_tried_until_it_does(int status)
    {
        var stubborn = Readings.HeartRate(3).Id.ToString();
        _bench.Fhir.Judge = bundle => TakesBack(bundle) && bundle.ToJsonString().Contains(stubborn, StringComparison.Ordinal) ? status : 200;
        await CorrectAsync();

        Assert.Equal([$"{Readings.HeartRate(2).Id}.r-001.1"], _bench.Fhir.TakenBack);
        Assert.Equal(1, await _bench.Reader.CountNotTakenBackAsync(Stop));
        Assert.Equal(new FeedCount(2, 0, 0, 0), await _bench.CountAsync());

        _bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await _bench.DrainAsync();
        Assert.Equal(1, await _bench.Reader.CountNotTakenBackAsync(Stop));

        _bench.Fhir.Judge = _ => 200;
        _bench.Clock.Advance(TimeSpan.FromMinutes(5));
        await _bench.DrainAsync();
        Assert.Equal(0, await _bench.Reader.CountNotTakenBackAsync(Stop));
        Assert.Contains($"{stubborn}.r-001.1", _bench.Fhir.TakenBack);
    }

    [Fact]
    public async Task One_whose_resident_left_the_file_is_taken_back_once_the_resident_is_there_again()
    {
        var file = ResidentsText.Parse("permit");
        _bench.Residents.Replace(file with { Residents = [.. file.Residents.Skip(1)] });
        await CorrectAsync();
        Assert.Empty(_bench.Fhir.TakenBack);
        Assert.Equal(2, await _bench.Reader.CountNotTakenBackAsync(Stop));

        _bench.Residents.Replace(file);
        await _bench.DrainAsync();
        Assert.Equal(2, _bench.Fhir.TakenBack.Count);
        Assert.Equal(0, await _bench.Reader.CountNotTakenBackAsync(Stop));
    }

    /// <summary>A gateway sends what is new before its backlog: the statement that was made later may come first.</summary>
    [Fact]
    public async Task A_mistake_that_arrives_after_its_own_correction_stays_corrected()
    {
        var mistake = Readings.Assignment("r-002", Wrong.From.AddMinutes(-1));
        await _bench.AppendAsync(Readings.Entry(1_000, mistake with { To = mistake.From }));
        await _bench.AppendAsync(Readings.Entry(10, mistake));
        await _bench.AppendAsync(Readings.Entry(1_001, Readings.HeartRate(4)));
        await _bench.DrainAsync();
        Assert.Empty(_bench.Fhir.TakenBack);
        Assert.Equal(new FeedCount(3, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task What_was_taken_back_and_comes_back_to_the_same_resident_is_told_anew()
    {
        await _bench.AppendAsync(Readings.Entry(4, Wrong with { To = Wrong.From }));
        await _bench.DrainAsync();
        Assert.Equal(new FeedCount(0, 2, 0, 0), await _bench.CountAsync());

        await _bench.AppendAsync(Readings.Entry(5, Readings.Assignment(from: Wrong.From.AddMinutes(1))));
        await _bench.DrainAsync();

        Assert.Contains($"{Readings.HeartRate(2).Id}.r-001.2", _bench.Fhir.Observations);
        Assert.Equal(new FeedCount(2, 0, 0, 0), await _bench.CountAsync());
    }

    [Fact]
    public async Task Two_contents_of_one_measurement_that_wait_are_taken_back_together()
    {
        await _bench.AppendAsync(Readings.Entry(4, Readings.HeartRate(2, 70)));
        await _bench.DrainAsync();

        await _bench.AppendAsync(Readings.Entry(5, Wrong with { To = Wrong.From }));
        await _bench.DrainAsync();

        var id = Readings.HeartRate(2).Id;
        string[] expected = [$"{id}.r-001.1", $"{id}.r-001.2", $"{Readings.HeartRate(3).Id}.r-001.1"];
        Assert.Equal(expected.Order(StringComparer.Ordinal), _bench.Fhir.TakenBack.Order(StringComparer.Ordinal));

        await _bench.AppendAsync(Readings.Entry(6, Readings.Assignment("r-002")));
        await _bench.DrainAsync();
        Assert.Equal(0, (await _bench.CountAsync()).Awaiting);
    }

    [Fact]
    public async Task Two_contents_of_one_measurement_may_go_on_waiting()
    {
        var far = TimeSpan.FromDays(-30);
        Entry Early(long position, decimal value) => Readings.Entry(position, Readings.HeartRate(9, value) with
        {
            Time = Readings.HeartRate(9).Time with { Instant = Readings.Instant + far },
        });
        await _bench.AppendAsync(Early(4, 60), Early(5, 61));
        await _bench.DrainAsync();
        Assert.Equal(["unassigned", "unassigned"], await _bench.ReasonsAsync());

        var from = Readings.Instant + far + far;
        await _bench.AppendAsync(
            Readings.Entry(6, Readings.Assignment("r-001", from, Wrong.From)), Readings.Entry(7, Readings.Assignment("r-002", from, Wrong.From)));
        await _bench.DrainAsync();
        Assert.Equal(["overlapping", "overlapping"], await _bench.ReasonsAsync());
    }

    [Fact]
    public async Task How_many_are_taken_back_is_logged_before()
    {
        var before = -1;
        _bench.Fhir.Judge = bundle =>
        {
            before = TakesBack(bundle) ? _bench.Logger.Lines.Count(line => line.Level == LogLevel.Warning) : before;
            return 200;
        };
        await CorrectAsync();

        Assert.Equal(1, before);
        Assert.Contains("takes back 2 readings", Assert.Single(_bench.Logger.Lines).Text, StringComparison.Ordinal);
    }

    private static bool TakesBack(JsonObject bundle) => bundle.ToJsonString().Contains("entered-in-error", StringComparison.Ordinal);

    private async Task CorrectAsync()
    {
        await _bench.AppendAsync(Readings.Entry(4, Wrong with { To = Wrong.From }), Readings.Entry(5, Readings.Assignment("r-002")));
        await _bench.DrainAsync();
    }
}
