using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>Where alarms are looked at and acknowledged.</summary>
public sealed class AlarmDesk(IJournal journal, TimeProvider time)
{
    /// <summary>Open calls first, then the newest others, each with its alarm.</summary>
    public IReadOnlyList<(Call Call, Alarm Alarm)> List(int maximum) =>
        [.. journal.Query(connection => CallTables.List(connection, maximum))
            .Select(call => (call, Read(call.Position)))
            .Where(pair => pair.Item2 is not null)
            .Select(pair => (pair.call, pair.Item2!))];

    /// <summary>Silences an alarm; durable once it completes. Acknowledging twice changes nothing.</summary>
    /// <returns>False when there is no such alarm.</returns>
    public async Task<bool> AcknowledgeAsync(MeasurementId alarm, string by)
    {
        if (journal.Query(connection => CallTables.Find(connection, alarm)) is null)
        {
            return false;
        }

        var acknowledgement = new Acknowledgement(alarm, by, time.GetUtcNow());
        var payload = WireForm.Encode(acknowledgement);
        await journal.WriteAsync(new JournalWrite
        {
            // The first acknowledgement counts: the id is the alarm's, and the revision is fixed.
            Entries = [new NewEntry(EntryKind.Acknowledgement, MeasurementId.Of("acknowledgement", alarm.ToString()), 0, EntryPriority.Alarm, payload)],
            Rows = (connection, _) => CallTables.Acknowledge(connection, acknowledgement),
        });
        return true;
    }

    /// <summary>The alarm at a position, or null when something else is there.</summary>
    public Alarm? Read(long position) =>
        journal.Read(position, position, 1, int.MaxValue) is [{ Kind: EntryKind.Alarm } entry] &&
        WireForm.TryDecodeAlarm(entry.Payload, out var alarm, out _)
            ? alarm
            : null;
}
