using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>Makes calls again out of the alarms and acknowledgements of the journal, where damage took the outbox's own rows.</summary>
internal static class CallRecovery
{
    /// <summary>What the rule said is not in the entry.</summary>
    private const int RepeatSeconds = 60;

    /// <summary>Opens what nobody has acknowledged; what the outbox still has stays as it is. Channels adopt what is open.</summary>
    public static void Run(SqliteConnection connection, JournalKeys keys, DateTimeOffset now)
    {
        if (JournalTables.Number(connection, "select count(*) from sqlite_master where type = 'table' and name = 'call'") == 0)
        {
            return;
        }

        foreach (var (position, payload) in Payloads(connection, keys, EntryKind.Alarm))
        {
            if (WireForm.TryDecodeAlarm(payload, out var alarm, out _))
            {
                CallTables.Open(connection, alarm, position, RepeatSeconds, [], now);
            }
        }

        foreach (var (_, payload) in Payloads(connection, keys, EntryKind.Acknowledgement))
        {
            if (WireForm.TryDecodeAcknowledgement(payload, out var acknowledgement, out _))
            {
                CallTables.Acknowledge(connection, acknowledgement);
            }
        }

        CallTables.ReplaceAnew(connection);
    }

    private static List<(long Position, byte[] Payload)> Payloads(SqliteConnection connection, JournalKeys keys, EntryKind kind)
    {
        using var opener = new SealOpener(keys);
        using var command = JournalTables.Command(
            connection, $"select {EntryRow.Columns} from entry where kind = $kind order by position", ("$kind", (int)kind));
        using var rows = command.ExecuteReader();
        var payloads = new List<(long, byte[])>();
        while (rows.Read())
        {
            var row = EntryRow.Read(rows);
            payloads.Add((row.Position, row.Open(opener)));
        }

        return payloads;
    }
}
