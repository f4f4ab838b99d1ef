using IoTHealth.Alarms;
using IoTHealth.Devices;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Alarming;

public sealed class AlarmingTests : IAsyncLifetime
{
    private const string Rules =
        """
        rules:
          - key: bed-exit
            kind: bed-exit
            codes: [exited]
            severity: high
            repeatSeconds: 60
            latenessSeconds: 300
            text: { ja: "{place} 離床", en: "{place}: left the bed" }
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly RecordingStation _station = new();
    private SqliteJournal _journal = null!;
    private AlarmDesk _desk = null!;
    private AlarmMonitor _monitor = null!;
    private StationChannel _channel = null!;

    public async ValueTask InitializeAsync() => await StartAsync();

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_bed_exit_calls_once_and_again_until_it_is_acknowledged()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
        Assert.Equal("Room 101: left the bed", first.Alarm.TextEn);
        Assert.Equal(1, first.Attempt);

        await AdvanceUntilCallAsync(2);
        Assert.Equal(first.Alarm.Id, _station.Calls[1].Alarm.Id);
        Assert.Equal(2, _station.Calls[1].Attempt);

        Assert.True(await _desk.AcknowledgeAsync(first.Alarm.Id, "nurse.sato"));
        _time.Advance(TimeSpan.FromHours(1));
        await FollowedAsync();
        Assert.Equal(2, _station.Calls.Count);
        var call = Assert.Single(_desk.List(10)).Call;
        Assert.Equal(("nurse.sato", 2, true), (call.AcknowledgedBy, call.Attempts, call.Delivered));
    }

    [Fact]
    public async Task While_a_call_is_open_a_further_exit_opens_no_second_one_and_after_it_does()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1), Sample.BedExit(2)));
        var first = await CallAsync(1);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(3)));
        await FollowedAsync();
        Assert.Single(_desk.List(10));

        await _desk.AcknowledgeAsync(first.Alarm.Id, "nurse.sato");
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(4)));
        var second = await CallAsync(2);
        Assert.NotEqual(first.Alarm.Id, second.Alarm.Id);
    }

    [Fact]
    public async Task An_old_reading_makes_history_and_no_call()
    {
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(9)));
        await _journal.WriteAsync(Sample.Write(Late(Sample.BedExit(1))));
        await FollowedAsync();
        var (call, alarm) = Assert.Single(_desk.List(10));
        Assert.True(call.History && alarm.History);
        Assert.Empty(_station.Calls);
    }

    [Fact]
    public async Task A_device_whose_clock_is_ten_minutes_behind_still_calls()
    {
        var exit = Sample.BedExit(1, Sample.Noon.AddMinutes(-10));
        await _journal.WriteAsync(Sample.Write(exit with { Time = exit.Time with { Received = Sample.Noon } }));
        Assert.False((await CallAsync(1)).Alarm.History);
    }

    [Fact]
    public async Task A_station_that_is_down_is_tried_again_and_a_restart_forgets_nothing()
    {
        _station.Down = true;
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await Eventually.HoldsAsync("a first try", () => _station.Tries > 0, Patience);
        await StopAsync();
        _station.Down = false;
        await StartAsync();
        await AdvanceUntilCallAsync(1);
        Assert.True(_station.Calls[0].Attempt >= 2);
    }

    [Fact]
    public async Task Replaying_the_journal_raises_nothing_twice()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
        await _desk.AcknowledgeAsync(first.Alarm.Id, "nurse.sato");
        await _journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.SetCursor(connection, "alarms", 0) });
        await StopAsync();
        await StartAsync();
        await FollowedAsync();
        Assert.Single(_desk.List(10));
        Assert.Single(_station.Calls);
    }

    [Fact]
    public async Task An_unknown_alarm_cannot_be_acknowledged_and_twice_changes_nothing()
    {
        Assert.False(await _desk.AcknowledgeAsync(MeasurementId.Of("x"), "nurse.sato"));
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var call = await CallAsync(1);
        await _desk.AcknowledgeAsync(call.Alarm.Id, "nurse.sato");
        await _desk.AcknowledgeAsync(call.Alarm.Id, "nurse.mori");
        Assert.Equal("nurse.sato", Assert.Single(_desk.List(10)).Call.AcknowledgedBy);
    }

    private static Measurement Late(Measurement reading) => reading with { Time = reading.Time with { Instant = Sample.Noon.AddMinutes(-6) } };

    private async Task StartAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", _time, CallTables.Create);
        _desk = new AlarmDesk(_journal, _time);
        var registry = new DeviceRegistry(Configuration(), DriverCatalog.Load());
        _channel = new StationChannel(_station, _journal, _desk, registry, _time);
        _monitor = new AlarmMonitor(
            _journal, new AlarmEvaluator(RuleBook.Parse(Rules, "rules"), registry.FacilityZone), registry, [_channel], _time,
            NullLogger<AlarmMonitor>.Instance);
        await _monitor.StartAsync(CancellationToken.None);
        await _channel.StartAsync(CancellationToken.None);
    }

    private async Task StopAsync()
    {
        await _monitor.StopAsync(CancellationToken.None);
        await _channel.StopAsync(CancellationToken.None);
        await _journal.DisposeAsync();
    }

    private async Task<(Alarm Alarm, int Attempt)> CallAsync(int number)
    {
        await Eventually.HoldsAsync($"call {number}", () => _station.Calls.Count >= number, Patience);
        return _station.Calls[number - 1];
    }

    private Task AdvanceUntilCallAsync(int number) => Eventually.HoldsAsync(
        $"call {number}",
        () =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            return _station.Calls.Count >= number;
        },
        Patience);

    private Task FollowedAsync()
    {
        var head = _journal.Head;
        return Eventually.HoldsAsync("the monitor at the head", () => _monitor.Position >= head, Patience);
    }

    private EdgeConfiguration Configuration() => new()
    {
        Gateway = "gw-01",
        Data = _folder.Path,
        TimeZone = "Asia/Tokyo",
        Mqtt = new MqttSettings("127.0.0.1", 0, "", ""),
        Api = new ApiSettings("127.0.0.1", 0),
        Devices = [new DeviceSettings("robot-01", "watch-over-robot", "IoTHealth", "WatchOver-1", "R-0001", "Room 101", "")],
    };

    /// <summary>What a nurse station heard.</summary>
    private sealed class RecordingStation
    {
        private readonly Lock _lock = new();
        private readonly List<(Alarm, int)> _calls = [];
        private int _tries;

        public bool Down { get; set; }

        public int Tries => Volatile.Read(ref _tries);

        public IReadOnlyList<(Alarm Alarm, int Attempt)> Calls
        {
            get
            {
                lock (_lock)
                {
                    return [.. _calls];
                }
            }
        }

        public void Hear(Alarm alarm, int attempt)
        {
            Interlocked.Increment(ref _tries);
            if (Down)
            {
                throw new IOException("nobody is there");
            }

            lock (_lock)
            {
                _calls.Add((alarm, attempt));
            }
        }
    }

    private sealed class StationChannel(RecordingStation station, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time)
        : CallChannel("station", journal, desk, registry, time, NullLogger.Instance)
    {
        protected override Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation)
        {
            using var document = System.Text.Json.JsonDocument.Parse(body);
            Assert.Equal("robot-01", document.RootElement.GetProperty("device").GetString());
            station.Hear(alarm, document.RootElement.GetProperty("attempt").GetInt32());
            return Task.CompletedTask;
        }
    }
}
