using System.Text;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Influx;

/// <summary>What is made in Debian's influxd, what moves there, and what comes back out of it.</summary>
public sealed class InfluxHistoryTests : IAsyncLifetime
{
    private const string Database = "iothealth";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private Influxd _influxd = null!;
    private SqliteJournal _journal = null!;
    private ClockLog _clocks = null!;

    private InfluxSettings Settings => new(1, _influxd.Url, Database);

    public async ValueTask InitializeAsync()
    {
        _influxd = new Influxd(_folder.File("influx"), FreePort.Take());
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.File("data"), RecentEntries = 0 }, "gw-01", TimeProvider.System, ClockLog.Create);
        _clocks = new ClockLog(_journal);
        await _influxd.StartAsync("another");
    }

    public async ValueTask DisposeAsync()
    {
        if (_influxd is not null)
        {
            await _influxd.DisposeAsync();
            await _journal.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Database_policies_and_downsampling_are_made_once_and_follow_the_settings()
    {
        using var writer = new InfluxWriter(Settings);
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["hourly 43800h0m0s False", "raw 2160h0m0s True"], await PoliciesAsync());
        Assert.Equal(1, await ContinuousQueriesAsync(writer));

        using var changed = new InfluxWriter(Settings with { RawDays = 30, HourlyDays = 400 });
        await changed.PrepareAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["hourly 9600h0m0s False", "raw 720h0m0s True"], await PoliciesAsync());
        Assert.Equal(1, await ContinuousQueriesAsync(writer));
    }

    [Fact]
    public async Task A_database_of_somebody_else_keeps_its_points_and_its_default_policy()
    {
        await _influxd.StopAsync();
        await _influxd.StartAsync(Database);
        using (var client = new HttpClient())
        using (var content = new ByteArrayContent(Encoding.UTF8.GetBytes("theirs value=1 1000")))
        {
            (await client.PostAsync(new Uri(_influxd.Url, $"write?db={Database}"), content, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        }

        using var writer = new InfluxWriter(Settings);
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        Assert.IsType<WriteOutcome.Written>(await writer.WriteAsync(["heart-rate,device=robot-01,gateway=gw-01 heart-rate=60,id=\"x\" 1790000000000000000"], TestContext.Current.CancellationToken));
        Assert.Equal(["autogen 0s True", "hourly 43800h0m0s False", "raw 2160h0m0s False"], await PoliciesAsync());
        Assert.Single(await _influxd.QueryAsync(Database, "select value from theirs"));
        Assert.Single(await _influxd.QueryAsync(Database, "select \"heart-rate\" from \"raw\".\"heart-rate\""));
    }

    [Fact]
    public async Task An_hour_becomes_its_mean_least_most_and_count()
    {
        using var writer = new InfluxWriter(Settings);
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        var readings = Enumerable.Range(0, 120).Select(i => Sample.HeartRate(i, 60 + (i / 60), Sample.Noon.AddMinutes(i)));
        await writer.WriteAsync([.. readings.Select(one => LineProtocol.Line(one, "gw-01", "robot-01", WireForm.Encode(one)))], TestContext.Current.CancellationToken);
        await writer.QueryAsync(new InfluxSchema(Settings, writer).Downsampling(" WHERE time >= '2026-11-24T03:00:00Z' AND time < '2026-11-24T05:00:00Z'"), TestContext.Current.CancellationToken);
        var hours = await _influxd.QueryAsync(Database, "select \"mean_heart-rate\", \"min_heart-rate\", \"max_heart-rate\", count_id from \"hourly\".\"heart-rate\" group by device");
        Assert.Equal("robot-01", (string?)hours[0]!["tags"]!["device"]);
        Assert.Equal(["60 60 60 60", "61 61 61 60"], hours[0]!["values"]!.AsArray().Select(row => string.Join(' ', row!.AsArray().Skip(1).Select(value => value!.ToJsonString()))));
    }

    [Fact]
    public async Task Points_move_when_the_gateway_learns_what_time_it_was_and_none_is_left_behind()
    {
        var boot = Guid.NewGuid();
        var wrong = new DateTimeOffset(2026, 11, 2, 0, 0, 0, TimeSpan.Zero);
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 20).Select(i => Sample.HeartRate(i) with
        {
            Time = new MeasurementTime(null, boot, i * 1_000_000_000L, wrong.AddSeconds(i), wrong.AddSeconds(i), MeasurementTime.Unbounded, TimeBasis.Received),
        })));
        using var writer = new InfluxWriter(Settings);
        using (var buffer = Buffer(writer))
        {
            await buffer.StartAsync(CancellationToken.None);
            await Eventually.HoldsAsync("all handed over", () => buffer.Position == 20, Patience);
            Assert.Equal((20, wrong.AddSeconds(1)), await PointsAsync());
            await _clocks.WriteAsync([new ClockEntry.Gateway(boot, 100_000_000_000L, Sample.Noon.AddSeconds(100), true, "synchronised")], TestContext.Current.CancellationToken);
            await Eventually.HoldsAsync("the clock is known", () => buffer.Position == 21, Patience);
            await buffer.StopAsync(CancellationToken.None);
        }

        Assert.Equal((20, Sample.Noon.AddSeconds(1)), await PointsAsync());

        // A gateway that forgot how far it was does the same again, and nothing stands twice.
        await _journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.SetCursor(connection, "influx", 0) });
        using var again = Buffer(writer);
        await again.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("all handed over again", () => again.Position == 21, Patience);
        await again.StopAsync(CancellationToken.None);
        Assert.Equal((20, Sample.Noon.AddSeconds(1)), await PointsAsync());
    }

    [Fact]
    public async Task A_range_comes_back_with_its_ids_and_contents_out_of_the_journal_or_the_history()
    {
        var written = Enumerable.Range(1, 4_500).Select(i => Sample.HeartRate(i, 40 + (i % 50), Sample.Noon.AddSeconds(i))).ToList();
        await _journal.WriteAsync(Sample.Write(written));
        using var writer = new InfluxWriter(Settings);
        using var buffer = Buffer(writer);
        await buffer.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("all handed over", () => buffer.Position == written.Count, Patience);
        await buffer.StopAsync(CancellationToken.None);
        await _journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "delete from entry where position <= 4000") });
        var sentAgain = new List<Interval>();
        var replay = new RangeReplay(
            _journal, _clocks, Sample.Registry(_folder.Path), runs => { sentAgain.AddRange(runs); return Task.CompletedTask; },
            new InfluxHistory(Settings, writer, "gw-01"));
        var request = new JsonObject { ["from"] = "2026-11-24T03:00:11Z", ["to"] = "2026-11-24T12:08:21+09:00", ["device"] = "robot-01" };
        Assert.Equal("""{"queued":490,"fromHistory":490}""", (await replay.RunAsync(request, TestContext.Current.CancellationToken)).Body.ToJsonString());
        Assert.Empty(sentAgain);
        var back = _journal.Read(4_501, long.MaxValue, int.MaxValue, int.MaxValue);
        Assert.Equal(written[10..500].Select(one => (one.Id, WireForm.RevisionOf(one), Convert.ToHexString(WireForm.Encode(one)))), back.Select(one => (one.Id, one.Revision, Convert.ToHexString(one.Payload.Span))));

        // Asked again, and for what was never gone: the journal has it.
        request["to"] = "2026-11-24T13:00:00Z";
        var second = await replay.RunAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal($$"""{"queued":4490,"fromHistory":3500}""", second.Body.ToJsonString());
        Assert.Equal([new Interval(4_001, 4_990)], sentAgain);
    }

    [Theory]
    [InlineData("""{"to":"2026-11-24T03:00:11Z"}""", "'from'")]
    [InlineData("""{"from":"2026-11-24T03:00:11Z","to":"2026-11-24T03:00:11Z"}""", "not after")]
    [InlineData("""{"from":"2026-11-24T03:00:11Z","to":"2026-11-25T03:00:11Z","device":"robot-99"}""", "robot-99")]
    [InlineData("""[]""", "asked for is")]
    public async Task A_range_that_cannot_be_understood_is_refused_with_its_reason(string request, string reason)
    {
        var replay = new RangeReplay(_journal, _clocks, Sample.Registry(_folder.Path), _ => Task.CompletedTask, history: null);
        var refusal = await Assert.ThrowsAsync<ArgumentException>(() => replay.RunAsync(JsonNode.Parse(request), TestContext.Current.CancellationToken));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
    }

    private InfluxBuffer Buffer(InfluxWriter writer) =>
        new(_journal, writer, Sample.Registry(_folder.Path), _clocks, TimeProvider.System, NullLogger<InfluxBuffer>.Instance);

    private async Task<List<string>> PoliciesAsync()
    {
        var series = await _influxd.QueryAsync(Database, $"show retention policies on {Database}");
        return [.. series[0]!["values"]!.AsArray().Select(row => $"{(string?)row![0]} {(string?)row[1]} {(bool)row[4]!}").Order(StringComparer.Ordinal)];
    }

    private static async Task<int> ContinuousQueriesAsync(InfluxWriter writer)
    {
        var series = await writer.QueryAsync("SHOW CONTINUOUS QUERIES", TestContext.Current.CancellationToken);
        return series.Single(one => (string?)one!["name"] == Database)!["values"]!.AsArray().Count;
    }

    private async Task<(int Count, DateTimeOffset First)> PointsAsync()
    {
        var rows = (await _influxd.QueryAsync(Database, "select id from \"raw\".\"heart-rate\""))[0]!["values"]!.AsArray();
        return (rows.Count, DateTimeOffset.FromUnixTimeMilliseconds((long)rows[0]![0]! / 1_000_000));
    }
}
