using IoTHealth.Devices;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>Three days without the cloud, with a journal that cannot hold them: what goes is told exactly, by position and in the ledger.</summary>
public sealed class LongOutageTests(ITestOutputHelper output) : IDisposable
{
    private const int ReadingsAStep = 6;
    private static readonly TimeSpan Outage = TimeSpan.FromHours(72);
    private static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private readonly List<(string Device, DateOnly Day, string Kind, long Position)> _stored = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Gap_entries_are_what_was_dropped_and_the_ledger_is_exact()
    {
        await using var journal = SqliteJournal.Open(
            new JournalOptions { Folder = _folder.Path, MaximumMegabytes = 3, ReserveMegabytes = 1 }, "gw-01", _time, CallTables.Create, Acknowledged.Create, ClockLog.Create);
        await LiveThroughAsync(journal);

        // Eviction goes on a little after the last write.
        await Eventually.HoldsAsync("what is not here is told", () => Told(journal).SetEquals(Dropped(journal).Select(one => one.Position)), TimeSpan.FromSeconds(20));
        var account = new JournalAccount(journal);
        account.AssertTold([]);
        account.AssertLedger();
        var dropped = Dropped(journal);
        Assert.NotEmpty(dropped);
        Assert.DoesNotContain(dropped, one => one.Kind == "bed-exit");
        var days = _stored.GroupBy(one => (one.Device, one.Day)).ToDictionary(day => day.Key, day => day.Count());
        var gone = dropped.GroupBy(one => (one.Device, one.Day)).ToDictionary(day => day.Key, day => day.Count());
        Assert.Equal(days.Count, account.Lines.Count);
        Assert.All(account.Lines, line => Assert.Equal(
            (days[(line.Device, line.Day)], gone.GetValueOrDefault((line.Device, line.Day)), 0L, 0L),
            (line.Measured, line.Gap, line.Delivered, line.Quarantined)));
        output.WriteLine($"{_stored.Count} readings of {days.Count} device days, {dropped.Count} dropped and told, {account.Lines.Sum(line => line.Waiting)} wait");
    }

    private static HashSet<long> Told(SqliteJournal journal) => [.. new JournalAccount(journal).Told];

    private List<(string Device, DateOnly Day, string Kind, long Position)> Dropped(SqliteJournal journal)
    {
        var here = new JournalAccount(journal).Here;
        return [.. _stored.Where(one => !here.Contains(one.Position))];
    }

    private async Task LiveThroughAsync(SqliteJournal journal)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo");
        var clock = new GatewayClock(_time, () => true, _time.GetUtcNow(), zone);
        var intake = new MeasurementIntake(journal, clock, new ClockLog(journal));
        List<DeviceContext> devices = [.. Enumerable.Range(1, 5).Select(number => Sample.Device with
        {
            Key = $"robot-0{number}", Id = DeviceId.FromSerial("IoTHealth", "WatchOver-1", $"R-000{number}"),
        })];
        var sequence = 0;
        for (var passed = TimeSpan.Zero; passed < Outage; passed += Step, _time.Advance(Step))
        {
            var isHour = passed.TotalMinutes % 60 == 0;
            await Task.WhenAll(devices.Select(device => StoreAsync(journal, device, clock, intake.Judge(device, Upload(isHour, ref sequence), clock.Now()))));
        }
    }

    private async Task StoreAsync(SqliteJournal journal, DeviceContext device, GatewayClock clock, JournalWrite write)
    {
        var day = clock.DayOf(clock.Now());
        var positions = await journal.WriteAsync(write);
        lock (_stored)
        {
            _stored.AddRange(positions.Zip(write.Entries).Where(pair => pair.Second.Kind == EntryKind.Measurement)
                .Select(pair => (device.Id.Value, day, Kind(pair.Second), pair.First)));
        }
    }

    private static string Kind(NewEntry entry)
    {
        Assert.True(WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason), reason);
        return measurement.Kind;
    }

    private static DecodedUpload Upload(bool withExit, ref int sequence)
    {
        var readings = new List<DecodedMeasurement>();
        for (var reading = 0; reading < ReadingsAStep; reading++)
        {
            readings.Add(Sample.Decoded("heart-rate", new MeasuredValue.Quantity(60, "/min"), ++sequence));
            readings.Add(Sample.Decoded("body-motion", new MeasuredValue.Quantity(3, "/min"), ++sequence));
        }

        if (withExit)
        {
            readings.Add(Sample.Decoded("bed-exit", new MeasuredValue.Coded("urn:iothealth:bed-exit", "exited"), ++sequence));
        }

        return new DecodedUpload(readings, []);
    }
}
