using IoTHealth.Alarms;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Follows the journal and raises alarms. Alarm entries, calls, what was learned of device clocks, and the cursor are one
/// transaction, so a crash at any moment raises each alarm once. Every trigger becomes an entry and is told.
/// </summary>
public sealed class AlarmMonitor(
    IJournal journal, AlarmRules rules, DeviceRegistry registry, Func<IReadOnlyList<ICallChannel>> channels, ClockLog clocks, TimeProvider time,
    ILogger<AlarmMonitor> logger, UnstoredCalls? unstored = null)
    : JournalFollower("alarms", journal, time, logger)
{
    private readonly Lock _judging = new();
    private readonly DeviceDelays _delays = new(journal.Query(DelayTable.Load));

    /// <summary>Which alarms a reading raises, wherever it comes from. Thread-safe.</summary>
    public IReadOnlyList<(Alarm Alarm, AlarmRule Rule)> Judge(Measurement measurement)
    {
        measurement = AsKnownNow(measurement);
        var place = registry.Find(measurement.Device)?.Context.Place ?? measurement.Device.Value;
        lock (_judging)
        {
            return [.. rules.Evaluator.Evaluate(measurement, place, Time.GetUtcNow(), _delays.Behind(measurement))];
        }
    }

    protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var raised = entries.Where(entry => entry.Kind == EntryKind.Measurement).SelectMany(Raise).Select(AsFirstCalled).ToList();
        var acknowledged = raised.Select(pair => unstored?.AcknowledgementOf(pair.Alarm.Id)).OfType<Acknowledgement>().ToList();
        var delays = TakeDelays();
        await Journal.WriteAsync(new JournalWrite
        {
            Entries = [.. raised.Select(pair => ToEntry(pair.Alarm)), .. acknowledged.Select(AlarmDesk.ToEntry)],
            Rows = (connection, positions) =>
            {
                OpenCalls(connection, raised, positions);
                acknowledged.ForEach(one => CallTables.Acknowledge(connection, one));
                DelayTable.Store(connection, delays);
                StoreCursor(connection, entries[^1].Position);
            },
        }, cancellation);
        unstored?.Stored(raised.Select(pair => pair.Alarm.Id));
        if (raised.Count > 0)
        {
            foreach (var channel in channels())
            {
                channel.Wake();
            }
        }
    }

    private IReadOnlyList<(Alarm Alarm, AlarmRule Rule)> Raise(Entry entry) =>
        WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) ? Judge(measurement) : [];

    // Somebody is being called for it from memory: that it was stored late must not make it history that nobody is called for.
    private (Alarm Alarm, AlarmRule Rule) AsFirstCalled((Alarm Alarm, AlarmRule Rule) raised) =>
        unstored?.Find(raised.Alarm.Id) is { } call ? (call.Alarm, raised.Rule) : raised;

    private IReadOnlyList<(string Device, TimeSpan Delay)> TakeDelays()
    {
        lock (_judging)
        {
            return _delays.TakeChanges();
        }
    }

    // Lateness is judged by when it truly came: a gateway clock that has stepped must neither silence a call nor make one.
    private Measurement AsKnownNow(Measurement measurement)
    {
        var known = InstantRevision.Revise(measurement, clocks.Book);
        return InstantRevision.ReceiptOf(known.Time, clocks.Book) is { } received
            ? known with { Time = known.Time with { Received = received.Instant } }
            : known;
    }

    private void OpenCalls(SqliteConnection connection, List<(Alarm Alarm, AlarmRule Rule)> raised, IReadOnlyList<long> positions)
    {
        for (var i = 0; i < raised.Count; i++)
        {
            if (positions[i] > 0)
            {
                CallTables.Open(
                    connection, raised[i].Alarm, positions[i], raised[i].Rule.RepeatSeconds, channels().Select(c => c.Name), Time.GetUtcNow());
                TakeOver(connection, raised[i].Alarm.Id, unstored?.Find(raised[i].Alarm.Id)?.Told ?? []);
            }
        }
    }

    private static void TakeOver(SqliteConnection connection, MeasurementId alarm, IReadOnlyList<(string Channel, int Attempts, bool Delivered)> told)
    {
        foreach (var (channel, attempts, delivered) in told)
        {
            CallTables.TakeOver(connection, alarm, channel, attempts, delivered);
        }
    }

    /// <summary>Stores a call from memory: nothing but alarms and acknowledgements, so that it is taken out of the reserve of a full disk.</summary>
    internal static JournalWrite ToWrite(StorableCall call, IEnumerable<string> channels, DateTimeOffset now) => new()
    {
        Entries = call.Acknowledgement is { } by ? [ToEntry(call.Alarm), AlarmDesk.ToEntry(by)] : [ToEntry(call.Alarm)],
        Rows = (connection, positions) =>
        {
            if (positions[0] > 0)
            {
                CallTables.Open(connection, call.Alarm, positions[0], (int)call.Repeat.TotalSeconds, channels, now);
                TakeOver(connection, call.Alarm.Id, call.Told);
            }

            if (call.Acknowledgement is { } acknowledgement)
            {
                CallTables.Acknowledge(connection, acknowledgement);
            }
        },
    };

    // The revision is fixed: the clock at which it was raised must not make a replayed alarm a new one.
    private static NewEntry ToEntry(Alarm alarm) => new(EntryKind.Alarm, alarm.Id, 0, EntryPriority.Alarm, WireForm.Encode(alarm));
}
