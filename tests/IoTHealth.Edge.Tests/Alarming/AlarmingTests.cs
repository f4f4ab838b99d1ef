using IoTHealth.Alarms;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Alarming;

public sealed class AlarmingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly SteppingClock _time = new(Sample.Noon);
    private readonly RecordingStation _station = new();
    private SqliteJournal _journal = null!;
    private AlarmDesk _desk = null!;
    private AlarmMonitor _monitor = null!;
    private StationChannel _channel = null!;
    private DeviceRegistry _registry = null!;
    private FaultyJournal _faults = null!;
    private string _channelName = "station";

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
    public async Task A_further_exit_is_told_at_once_and_replaces_the_open_call()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(2)));
        var second = await CallAsync(2);
        Assert.NotEqual(first.Alarm.Id, second.Alarm.Id);
        Assert.Equal(2, _desk.List(10).Count);

        await AdvanceUntilCallAsync(4);
        Assert.All(_station.Calls.Skip(2), call => Assert.Equal(second.Alarm.Id, call.Alarm.Id));

        await _desk.AcknowledgeAsync(second.Alarm.Id, "nurse.sato");
        Assert.All(_desk.List(10), pair => Assert.Equal("nurse.sato", pair.Call.AcknowledgedBy));
    }

    [Fact]
    public async Task Acknowledging_an_older_alarm_leaves_the_newer_one_calling()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(2)));
        var second = await CallAsync(2);
        await _desk.AcknowledgeAsync(first.Alarm.Id, "nurse.sato");
        await AdvanceUntilCallAsync(3);
        Assert.Equal(second.Alarm.Id, _station.Calls[2].Alarm.Id);
        Assert.Equal([null, "nurse.sato"], _desk.List(10).Select(pair => pair.Call.AcknowledgedBy));
    }

    [Fact]
    public async Task After_an_acknowledgement_the_next_exit_calls_again()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
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
    public async Task A_delay_of_our_own_does_not_make_history_of_a_fall()
    {
        await _monitor.StopAsync(CancellationToken.None);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        _time.Advance(TimeSpan.FromHours(8));
        await StopAsync();
        await StartAsync();
        Assert.False((await CallAsync(1)).Alarm.History);
    }

    [Fact]
    public async Task A_channel_that_is_added_later_gets_the_open_calls()
    {
        _station.Down = true;
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await Eventually.HoldsAsync("a first try", () => _station.Tries > 0, Patience);
        await StopAsync();
        _channelName = "another station";
        _station.Down = false;
        await StartAsync();
        Assert.Equal(1, (await CallAsync(1)).Attempt);
    }

    [Fact]
    public async Task A_clock_that_is_set_back_does_not_silence_the_repeat()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await CallAsync(1);
        _time.Step = TimeSpan.FromHours(-3);
        await AdvanceUntilCallAsync(2);
        Assert.True(_time.GetUtcNow() < Sample.Noon.AddHours(-2));
    }

    [Fact]
    public async Task A_read_error_ends_no_channel()
    {
        _faults.FailsQueries = true;
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        for (var i = 0; i < 20; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        _faults.FailsQueries = false;
        await AdvanceUntilCallAsync(1);
        Assert.False(_channel.ExecuteTask!.IsCompleted);
    }

    [Fact]
    public async Task A_full_disk_lets_every_room_be_called_and_none_without_pause()
    {
        await _channel.StopAsync(CancellationToken.None);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1), Elsewhere(Sample.BedExit(2))));
        await FollowedAsync();
        _channel = Channel();
        await _channel.StartAsync(CancellationToken.None);
        await CallAsync(1);
        _faults.FailsWrites = true;
        await AdvanceUntilCallAsync(4);
        Assert.Equal(2, _station.Calls.Select(call => call.Alarm.Device).Distinct().Count());
        var started = _time.GetUtcNow();
        await AdvanceUntilCallAsync(8);
        Assert.True(_time.GetUtcNow() - started >= TimeSpan.FromSeconds(60));
    }

    [Fact]
    public async Task A_call_whose_entry_is_damaged_is_made_without_its_text()
    {
        await _channel.StopAsync(CancellationToken.None);
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1), Elsewhere(Sample.BedExit(2))));
        await FollowedAsync();
        await _journal.WriteAsync(new JournalWrite
        {
            Rows = (connection, _) => JournalTables.Execute(
                connection, "update entry set sealed = zeroblob(40) where position = (select min(position) from entry where kind = 2)"),
        });
        _channel = Channel();
        await _channel.StartAsync(CancellationToken.None);
        await CallAsync(2);
        Assert.Single(_station.Calls, call => call.Alarm.TextEn.Contains("cannot be read", StringComparison.Ordinal));
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

    private StationChannel Channel() => new(_channelName, _station, _faults, _desk, _registry, _time);

    private static Measurement Elsewhere(Measurement reading)
    {
        var device = DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-0002");
        return reading with { Device = device, Id = MeasurementId.Of(device, reading.Kind, reading.Stable.AsSpan(), 0) };
    }

    private static Measurement Late(Measurement reading) => reading with { Time = reading.Time with { Instant = Sample.Noon.AddMinutes(-6) } };

    private async Task StartAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path, RecentEntries = 0 }, "gw-01", _time, CallTables.Create, ClockLog.Create);
        _desk = new AlarmDesk(_journal, _time);
        var registry = Sample.Registry(_folder.Path);
        _registry = registry;
        _faults = new FaultyJournal(_journal);
        _channel = Channel();
        _monitor = new AlarmMonitor(
            _journal, new AlarmRules(RuleBook.Parse(Sample.BedExitRules, "rules"), registry.FacilityZone), registry, () => [_channel], new ClockLog(_journal), _time,
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
}
