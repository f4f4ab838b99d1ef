using System.Text;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Influx;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Influx;

/// <summary>Against Debian's influxd.</summary>
public sealed class InfluxBufferTests : IAsyncLifetime
{
    private const string Database = "iothealth";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TestFolder _folder = new();
    private Influxd _influxd = null!;
    private SqliteJournal _journal = null!;

    public ValueTask InitializeAsync()
    {
        _influxd = new Influxd(_folder.File("influx"), FreePort.Take());
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.File("data") }, "gw-01", TimeProvider.System, ClockLog.Create);
        return ValueTask.CompletedTask;
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
    public async Task Every_point_is_there_after_influxd_was_down_and_the_bad_one_is_in_quarantine()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 500).Select(i => Sample.HeartRate(i, 60, Sample.Noon.AddSeconds(i)))));
        using var writer = new InfluxWriter(new InfluxSettings(1, _influxd.Url, Database));
        using var buffer = Buffer(writer);
        await buffer.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("the buffer notices", () => buffer.State.Contains("refused", StringComparison.OrdinalIgnoreCase), Patience);

        await _influxd.StartAsync(Database);
        await Eventually.HoldsAsync("all handed over", () => buffer.Position == 500, Patience);
        Assert.Equal(500, await CountAsync());

        // Somebody else gave the field another type: that point is refused, its neighbours are not.
        await WriteRawAsync("heart-rate,device=robot-01,gateway=gw-01 heart-rate=\"a text\" 1000");
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(501, 100).Select(i =>
            Sample.HeartRate(i, 60, i == 550 ? DateTimeOffset.UnixEpoch.AddMilliseconds(1) : Sample.Noon.AddSeconds(i)))));
        await Eventually.HoldsAsync("all handed over", () => buffer.Position == 600, Patience);
        Assert.Equal(599, await CountAsync());
        Assert.Equal("influx", Assert.Single(_journal.Quarantine(10)).Bytes.Source);
        await buffer.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_line_that_influxd_refuses_is_found_among_many()
    {
        await _influxd.StartAsync(Database);
        using var writer = new InfluxWriter(new InfluxSettings(1, _influxd.Url, Database));
        await writer.PrepareAsync(TestContext.Current.CancellationToken);
        var outcome = await writer.WriteAsync(["good value=1 1", "this is no line"], TestContext.Current.CancellationToken);
        var refused = Assert.IsType<WriteOutcome.Refused>(outcome);
        Assert.Contains("400", refused.Reason, StringComparison.Ordinal);
    }

    private InfluxBuffer Buffer(InfluxWriter writer) =>
        new(_journal, writer, Sample.Registry(_folder.Path), new ClockLog(_journal), TimeProvider.System, NullLogger<InfluxBuffer>.Instance);

    private async Task<long> CountAsync()
    {
        var series = await _influxd.QueryAsync(Database, "select count(id) from \"heart-rate\"", TestContext.Current.CancellationToken);
        return (long)series[0]!["values"]![0]![1]!;
    }

    private async Task WriteRawAsync(string line)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(line));
        using var response = await client.PostAsync(new Uri(_influxd.Url, $"write?db={Database}"), content, TestContext.Current.CancellationToken);
    }
}
