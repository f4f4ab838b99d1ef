using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>Where alarms are looked at and acknowledged.</summary>
public sealed class AlarmDesk(IJournal journal, TimeProvider time, UnstoredCalls? unstored = null)
{
    /// <summary>What is called for from memory, then open calls, then the newest others, each with its alarm.</summary>
    public IReadOnlyList<(Call Call, Alarm Alarm)> List(int maximum)
    {
        var inMemory = unstored?.List() ?? [];
        try
        {
            return [.. inMemory, .. ListStored(maximum)];
        }
        catch (Exception e) when (inMemory.Count > 0 && e is IOException or Microsoft.Data.Sqlite.SqliteException)
        {
            return inMemory;
        }
    }

    private IEnumerable<(Call Call, Alarm Alarm)> ListStored(int maximum) =>
        [.. journal.Query(connection => CallTables.List(connection, maximum))
            .Select(call => (Call: call, Alarm: Read(call.Position)))
            .Where(pair => pair.Alarm is not null)
            .Select(pair => (pair.Call, pair.Alarm!))];

    /// <summary>
    /// Silences an alarm, and what is open of its rule and device from before it; durable once it completes, except where the
    /// alarm itself is in memory only. Acknowledging twice changes nothing.
    /// </summary>
    /// <returns>False when there is no such alarm.</returns>
    public async Task<bool> AcknowledgeAsync(MeasurementId alarm, string by)
    {
        if (unstored?.Acknowledge(alarm, by) == true)
        {
            return true;
        }

        var acknowledged = journal.Query(connection => CallTables.SilencedBy(connection, alarm))
            .Select(silenced => new Acknowledgement(silenced, by, time.GetUtcNow()))
            .ToList();
        if (acknowledged.Count == 0)
        {
            return false;
        }

        await journal.WriteAsync(ToWrite(acknowledged));
        return true;
    }

    internal static JournalWrite ToWrite(List<Acknowledgement> acknowledged) => new()
    {
        Entries = [.. acknowledged.Select(ToEntry)],
        Rows = (connection, _) => acknowledged.ForEach(one => CallTables.Acknowledge(connection, one)),
    };

    // The first acknowledgement counts: the id is the alarm's, and the revision is fixed.
    internal static NewEntry ToEntry(Acknowledgement acknowledgement) => new(
        EntryKind.Acknowledgement, MeasurementId.Of("acknowledgement", acknowledgement.Alarm.ToString()), 0, EntryPriority.Alarm,
        WireForm.Encode(acknowledgement));

    /// <summary>The alarm at a position, or null when something else is there.</summary>
    public Alarm? Read(long position) =>
        journal.Read(position, position, 1, int.MaxValue) is [{ Kind: EntryKind.Alarm } entry] &&
        WireForm.TryDecodeAlarm(entry.Payload, out var alarm, out _)
            ? alarm
            : null;
}
