using IoTHealth.Alarms;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Alarming;

/// <summary>A disk that fails silences nobody: alarms of readings that cannot be stored are told from memory, once.</summary>
public sealed class UnstoredAlarmsTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly SteppingClock _time = new(Sample.Noon);
    private readonly RecordingStation _station = new();
    private readonly ManualResetEventSlim _hang = new(initialState: true);
    private readonly DeviceRegistry _registry;
    private readonly SqliteJournal _journal;
    private readonly AlarmDesk _desk;
    private readonly AlarmMonitor _monitor;
    private readonly StationChannel _channel;
    private readonly UnstoredAlarms _unstored;
    private volatile bool _fails;

    public UnstoredAlarmsTests()
    {
        var options = new JournalOptions { Folder = _folder.Path, ReserveMegabytes = 0, BeforeCommit = BeforeCommit };
        _journal = SqliteJournal.Open(options, "gw-01", _time, CallTables.Create, ClockLog.Create);
        _registry = Sample.Registry(_folder.Path);
        var calls = new UnstoredCalls(_time);
        _desk = new AlarmDesk(_journal, _time, calls);
        _channel = new StationChannel("station", _station, _journal, _desk, _registry, _time);
        _monitor = new AlarmMonitor(
            _journal, new AlarmRules(RuleBook.Parse(Sample.BedExitRules, "rules"), _registry.FacilityZone), _registry, () => [_channel], new ClockLog(_journal), _time,
            NullLogger<AlarmMonitor>.Instance, calls);
        _unstored = new UnstoredAlarms(_journal, _monitor, calls, () => [_channel], _time, NullLogger<UnstoredAlarms>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _channel.StartAsync(CancellationToken.None);
        await _monitor.StartAsync(CancellationToken.None);
        await _unstored.StartAsync(CancellationToken.None);
    }

    public async ValueTask DisposeAsync()
    {
        _fails = false;
        _hang.Set();
        await _unstored.StopAsync(CancellationToken.None);
        await _monitor.StopAsync(CancellationToken.None);
        await _channel.StopAsync(CancellationToken.None);
        await _journal.DisposeAsync();
        _hang.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_called_for_and_again_until_somebody_comes()
    {
        await FailAsync(1);
        var first = await CallAsync(1);
        Assert.Equal("Room 101: left the bed", first.TextEn);
        await FailAsync(1);
        await EventuallyAfter(TimeSpan.FromSeconds(61), () => _station.Calls.Count == 2);
        Assert.Equal(first.Id, _station.Calls[1].Alarm.Id);
        Assert.True(await _desk.AcknowledgeAsync(first.Id, "nurse.sato"));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(2, _station.Calls.Count);
    }

    [Fact]
    public async Task Once_stored_it_is_the_same_alarm_and_is_not_told_anew()
    {
        await FailAsync(1);
        var first = await CallAsync(1);
        _fails = false;
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await FollowedAsync();
        var listed = Assert.Single(_desk.List(10));
        Assert.Equal(first.Id, listed.Alarm.Id);
        Assert.True(listed.Call.Position > 0);
        Assert.Single(_station.Calls);
        await EventuallyAfter(TimeSpan.FromSeconds(61), () => _station.Calls.Count == 2);
        Assert.Equal(first.Id, _station.Calls[1].Alarm.Id);
    }

    [Fact]
    public async Task It_is_stored_though_its_reading_is_not_and_so_is_who_came()
    {
        await FailAsync(1);
        var first = await CallAsync(1);
        _fails = false;
        await EventuallyAfter(TimeSpan.FromSeconds(5), () => _desk.List(10) is [{ Call.Position: > 0 }]);
        Assert.Equal([Measurements.EntryKind.Alarm], _journal.Read(1, 100, 100, int.MaxValue).Select(entry => entry.Kind));
        await EventuallyAfter(TimeSpan.FromSeconds(61), () => _station.Calls.Count >= 2);
        Assert.True(await _desk.AcknowledgeAsync(first.Id, "nurse.sato"));
        Assert.Equal("nurse.sato", Assert.Single(_desk.List(10)).Call.AcknowledgedBy);
        Assert.Contains(_journal.Read(1, 100, 100, int.MaxValue), entry => entry.Kind == Measurements.EntryKind.Acknowledgement);

        // Its reading comes at last, and changes nothing.
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await FollowedAsync();
        Assert.Equal("nurse.sato", Assert.Single(_desk.List(10)).Call.AcknowledgedBy);
    }

    [Fact]
    public async Task Who_came_is_stored_with_it()
    {
        await FailAsync(1);
        var first = await CallAsync(1);
        Assert.True(await _desk.AcknowledgeAsync(first.Id, "nurse.sato"));
        _fails = false;
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        await FollowedAsync();
        Assert.Equal("nurse.sato", Assert.Single(_desk.List(10)).Call.AcknowledgedBy);
        Assert.Contains(_journal.Read(1, 100, 100, int.MaxValue), entry => entry.Kind == Measurements.EntryKind.Acknowledgement);
    }

    [Fact]
    public async Task What_is_stored_already_is_not_called_for_when_it_comes_again()
    {
        await _journal.WriteAsync(Sample.Write(Sample.BedExit(1)));
        var first = await CallAsync(1);
        await _desk.AcknowledgeAsync(first.Id, "nurse.sato");
        await FailAsync(1);
        await FailAsync(2);
        await CallAsync(2);
        Assert.NotEqual(first.Id, _station.Calls[1].Alarm.Id);
    }

    [Fact]
    public async Task A_commit_that_hangs_holds_no_call_back()
    {
        _hang.Reset();
        var write = _journal.WriteAsync(Sample.Write(Sample.BedExit(1))).AsTask();
        await EventuallyAfter(TimeSpan.FromSeconds(2), () => _station.Calls.Count == 1);
        Assert.False(write.IsCompleted);
        _hang.Set();
        await write;
        await FollowedAsync();
        Assert.Single(_station.Calls);
        Assert.Single(_desk.List(10));
    }

    [Fact]
    public async Task Stored_late_it_is_no_history_and_is_called_for_until_somebody_comes()
    {
        await FailAsync(1);
        var first = await CallAsync(1);
        _time.Advance(TimeSpan.FromMinutes(10));
        await EventuallyAfter(TimeSpan.Zero, () => _station.Calls.Count >= 2);
        _fails = false;

        // The robot sends it again; received now, it is later than the rule calls for.
        var again = Sample.BedExit(1);
        await _journal.WriteAsync(Sample.Write(again with { Time = again.Time with { Received = _time.GetUtcNow() } }));
        await FollowedAsync();
        var listed = Assert.Single(_desk.List(10));
        Assert.Equal((first.Id, false), (listed.Alarm.Id, listed.Call.History));
        Assert.InRange(listed.Call.Attempts, 2, int.MaxValue);
        var before = _station.Calls.Count;
        await EventuallyAfter(TimeSpan.FromSeconds(61), () => _station.Calls.Count > before);
        Assert.Equal(first.Id, _station.Calls[^1].Alarm.Id);
    }

    [Fact]
    public async Task A_queue_that_is_full_holds_no_call_back()
    {
        _hang.Reset();
        var writes = Enumerable.Range(100, 4_200).Select(i => _journal.WriteAsync(Sample.Write(Sample.HeartRate(i))).AsTask()).ToList();
        writes.Add(_journal.WriteAsync(Sample.Write(Sample.BedExit(1))).AsTask());
        try
        {
            await EventuallyAfter(TimeSpan.FromSeconds(2), () => _station.Calls.Count == 1);
        }
        finally
        {
            _hang.Set();
            await Task.WhenAll(writes);
        }
    }

    [Fact]
    public async Task A_station_that_is_away_is_tried_again_from_memory()
    {
        _station.Down = true;
        await FailAsync(1);
        await Eventually.HoldsAsync("it is tried", () => _station.Tries >= 1, Patience);
        _station.Down = false;
        await EventuallyAfter(TimeSpan.FromSeconds(2), () => _station.Calls.Count == 1);
    }

    private void BeforeCommit()
    {
        _hang.Wait();
        if (_fails)
        {
            throw new IOException("disk I/O error");
        }
    }

    private async Task FailAsync(int sequence)
    {
        _fails = true;
        await Assert.ThrowsAsync<IOException>(async () => await _journal.WriteAsync(Sample.Write(Sample.BedExit(sequence))));
    }

    private async Task<Measurements.Alarm> CallAsync(int number)
    {
        await EventuallyAfter(TimeSpan.Zero, () => _station.Calls.Count >= number);
        return _station.Calls[number - 1].Alarm;
    }

    private Task EventuallyAfter(TimeSpan time, Func<bool> condition)
    {
        _time.Advance(time);
        return Eventually.HoldsAsync(
            "the call",
            () =>
            {
                _time.Advance(TimeSpan.FromMilliseconds(200));
                return condition();
            },
            Patience);
    }

    private Task FollowedAsync()
    {
        var head = _journal.Head;
        return Eventually.HoldsAsync("the monitor at the head", () => _monitor.Position >= head, Patience);
    }
}
