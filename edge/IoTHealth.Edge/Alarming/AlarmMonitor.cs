using IoTHealth.Alarms;
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
    IJournal journal, AlarmRules rules, DeviceRegistry registry, Func<IReadOnlyList<ICallChannel>> channels, TimeProvider time,
    ILogger<AlarmMonitor> logger)
    : JournalFollower("alarms", journal, time, logger)
{
    private readonly DeviceDelays _delays = new(journal.Query(DelayTable.Load));

    protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var raised = entries.Where(entry => entry.Kind == EntryKind.Measurement).SelectMany(Raise).ToList();
        var delays = _delays.TakeChanges();
        await Journal.WriteAsync(new JournalWrite
        {
            Entries = [.. raised.Select(pair => ToEntry(pair.Alarm))],
            Rows = (connection, positions) =>
            {
                OpenCalls(connection, raised, positions);
                DelayTable.Store(connection, delays);
                StoreCursor(connection, entries[^1].Position);
            },
        }, cancellation);
        if (raised.Count > 0)
        {
            foreach (var channel in channels())
            {
                channel.Wake();
            }
        }
    }

    private IEnumerable<(Alarm Alarm, AlarmRule Rule)> Raise(Entry entry)
    {
        if (!WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _))
        {
            return [];
        }

        var place = registry.Find(measurement.Device)?.Context.Place ?? measurement.Device.Value;
        return rules.Evaluator.Evaluate(measurement, place, Time.GetUtcNow(), _delays.Behind(measurement));
    }

    private void OpenCalls(SqliteConnection connection, List<(Alarm Alarm, AlarmRule Rule)> raised, IReadOnlyList<long> positions)
    {
        for (var i = 0; i < raised.Count; i++)
        {
            if (positions[i] > 0)
            {
                CallTables.Open(
                    connection, raised[i].Alarm, positions[i], raised[i].Rule.RepeatSeconds, channels().Select(c => c.Name), Time.GetUtcNow());
            }
        }
    }

    // The revision is fixed: the clock at which it was raised must not make a replayed alarm a new one.
    private static NewEntry ToEntry(Alarm alarm) => new(EntryKind.Alarm, alarm.Id, 0, EntryPriority.Alarm, WireForm.Encode(alarm));
}
