using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>One append within its transaction: the fence first, then entries, then intervals, then what is gone.</summary>
internal sealed class SqliteAppend(SqliteConnection connection, ShardLease lease, DateTimeOffset received)
{
    private readonly PositionRuns _runs = new(connection, "received");
    private readonly GapNotes _gaps = new(connection);
    private readonly List<(JournalId Journal, Entry Entry, bool IsNew)> _told = [];

    /// <summary>Not before the shard's last entry, though the wall clock was set back: readers order by it.</summary>
    private readonly long _received = Math.Max(received.UtcTicks, connection.Number(
        "select received from entry where shard = $0 order by position desc limit 1", lease.Shard));

    private const string InsertEntry = """
        insert into entry(shard, position, gateway, journal, gateway_position, kind, id, revision, priority, received, payload)
        values($0, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10) on conflict(id, revision) do nothing
        """;

    public ShardLease Run(IReadOnlyList<EntryBatch> batches)
    {
        var reserved = lease.Next + batches.Sum(batch => batch.Entries.Count);
        Move(lease.Next, reserved);
        var next = InsertAll(batches);
        foreach (var journal in batches.GroupBy(batch => batch.Journal))
        {
            NoteHead(connection, journal.Key, journal.Max(batch => Math.Max(batch.Head, batch.Entries[^1].Position)));
            NoteReceived(journal.Key, journal.SelectMany(batch => batch.Entries).Select(entry => entry.Position));
        }

        foreach (var (journal, entry, isNew) in _told)
        {
            NoteGap(journal, entry, isNew);
        }

        // Known entries took no position: what was reserved for them is given back, so that positions stay dense.
        Move(reserved, next);
        return lease with { Next = next };
    }

    private void Move(long from, long to)
    {
        var touched = connection.Run(
            "update shard set next = $0 where shard = $1 and epoch = $2 and next = $3", to, lease.Shard, lease.Epoch, from);
        if (touched != 1)
        {
            throw FencedException.For(lease);
        }
    }

    private long InsertAll(IReadOnlyList<EntryBatch> batches)
    {
        using var insert = connection.Command(InsertEntry);
        var next = lease.Next;
        foreach (var batch in batches)
        {
            var journal = batch.Journal.Guid.ToByteArray(bigEndian: true);
            foreach (var entry in batch.Entries)
            {
                var inserted = insert.RunAgain(
                    lease.Shard, next, batch.Journal.Gateway, journal, entry.Position, (int)entry.Kind, entry.Id.ToBytes(),
                    unchecked((long)entry.Revision), (int)entry.Priority, _received, entry.Payload.ToArray());
                next += inserted;
                if (entry.Kind == EntryKind.Gap)
                {
                    _told.Add((batch.Journal, entry, inserted > 0));
                }
            }
        }

        return next;
    }

    internal static void NoteHead(SqliteConnection connection, JournalId journal, long head) => connection.Run(
        """
        insert into journal(gateway, journal, head) values($0, $1, $2)
        on conflict(gateway, journal) do update set head = max(head, excluded.head)
        """,
        journal.Gateway, journal.Guid.ToByteArray(bigEndian: true), head);

    private void NoteReceived(JournalId journal, IEnumerable<long> positions)
    {
        foreach (var run in Runs(positions))
        {
            _runs.Add(journal, run);
            _gaps.Came(journal, run);
        }
    }

    /// <summary>A gap entry that cannot be used is kept in quarantine beside the log, for somebody to look at.</summary>
    private void NoteGap(JournalId journal, Entry entry, bool isNew)
    {
        if (_gaps.Take(journal, entry.Payload) is { } reason && isNew)
        {
            connection.Run(
                "insert into quarantine(gateway, reason, at, bytes) values($0, $1, $2, $3)",
                journal.Gateway, $"the gap entry at position {entry.Position} of journal {journal.Guid}: {reason}", _received, entry.Payload.ToArray());
        }
    }

    private static IntervalSet Runs(IEnumerable<long> positions)
    {
        var runs = new IntervalSet();
        foreach (var position in positions)
        {
            runs.Add(position);
        }

        return runs;
    }
}
