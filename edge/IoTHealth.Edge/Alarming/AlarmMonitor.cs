using IoTHealth.Alarms;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// Follows the journal and raises alarms. Alarm entries, calls and the cursor are one transaction, so a crash at any moment
/// raises each alarm once. While a call of a rule is open for a device, a further trigger opens no second one.
/// </summary>
public sealed class AlarmMonitor(
    IJournal journal, AlarmEvaluator evaluator, DeviceRegistry registry, IReadOnlyList<ICallChannel> channels, TimeProvider time,
    ILogger<AlarmMonitor> logger)
    : JournalFollower("alarms", journal, time, logger)
{
    private readonly DeviceDelays _delays = new();

    protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        var raised = entries.Where(entry => entry.Kind == EntryKind.Measurement).SelectMany(Raise).ToList();
        var opening = WithoutAlreadyOpen(raised);
        await Journal.WriteAsync(new JournalWrite
        {
            Entries = [.. opening.Select(pair => ToEntry(pair.Alarm))],
            Rows = (connection, positions) =>
            {
                OpenCalls(connection, opening, positions);
                StoreCursor(connection, entries[^1].Position);
            },
        });
        if (opening.Count > 0)
        {
            foreach (var channel in channels)
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
        return evaluator.Evaluate(measurement, place, Time.GetUtcNow(), _delays.Behind(measurement));
    }

    private List<(Alarm Alarm, AlarmRule Rule)> WithoutAlreadyOpen(List<(Alarm Alarm, AlarmRule Rule)> raised)
    {
        var opening = new List<(Alarm Alarm, AlarmRule Rule)>();
        foreach (var (alarm, rule) in raised)
        {
            var isOpen = opening.Any(o => !o.Alarm.History && o.Alarm.Rule == alarm.Rule && o.Alarm.Device == alarm.Device) ||
                         Journal.Query(connection => CallTables.HasOpen(connection, alarm.Rule, alarm.Device));
            if (alarm.History || !isOpen)
            {
                opening.Add((alarm, rule));
            }
        }

        return opening;
    }

    private void OpenCalls(SqliteConnection connection, List<(Alarm Alarm, AlarmRule Rule)> opening, IReadOnlyList<long> positions)
    {
        for (var i = 0; i < opening.Count; i++)
        {
            if (positions[i] > 0)
            {
                CallTables.Open(
                    connection, opening[i].Alarm, positions[i], opening[i].Rule.RepeatSeconds, channels.Select(c => c.Name), Time.GetUtcNow());
            }
        }
    }

    // The revision is fixed: the clock at which it was raised must not make a replayed alarm a new one.
    private static NewEntry ToEntry(Alarm alarm) => new(EntryKind.Alarm, alarm.Id, 0, EntryPriority.Alarm, WireForm.Encode(alarm));
}
