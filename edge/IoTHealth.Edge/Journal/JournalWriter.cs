using System.Security.Cryptography;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Writes groups of writes in one transaction each. Used by the journal's writer thread alone.</summary>
internal sealed class JournalWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly TimeProvider _time;
    private readonly Action? _beforeCommit;
    private readonly EntrySeal _seal;
    private readonly int _keyId;
    private readonly SqliteCommand _see;
    private readonly SqliteCommand _insert;
    private readonly SqliteCommand _quarantine;

    private long _quarantined;

    public JournalWriter(SqliteConnection connection, JournalKeys keys, TimeProvider time, Action? beforeCommit)
    {
        (_connection, _time, _beforeCommit, _keyId) = (connection, time, beforeCommit, keys.Current);
        _seal = keys.Seal(_keyId);
        _see = Prepare("insert or ignore into seen (id, revision) values ($1, $2)", 2);
        _insert = Prepare("insert into entry (position, kind, id, revision, priority, key, sealed) values ($1, $2, $3, $4, $5, $6, $7)", 7);
        _quarantine = Prepare("insert into quarantine (number, source, reason, at, key, sealed) values ($1, $2, $3, $4, $5, $6)", 6);
        Head = Last("entry", "position");
        _quarantined = Last("quarantine", "number");
    }

    /// <summary>Last committed position.</summary>
    public long Head { get; private set; }

    /// <summary>Writes and commits; on any exception nothing of the group is stored.</summary>
    /// <returns>For each write the positions of its entries, 0 for those known already.</returns>
    public List<IReadOnlyList<long>> Write(IReadOnlyList<JournalWrite> group)
    {
        try
        {
            JournalTables.Execute(_connection, "begin immediate");
            var head = Head;
            var quarantined = _quarantined;
            var positions = new List<IReadOnlyList<long>>(group.Count);
            foreach (var write in group)
            {
                positions.Add(Append(write.Entries, ref head));
                foreach (var bytes in write.Quarantine)
                {
                    quarantined += Quarantine(quarantined + 1, bytes);
                }

                write.Rows?.Invoke(_connection, positions[^1]);
            }

            _beforeCommit?.Invoke();
            JournalTables.Execute(_connection, "commit");
            (Head, _quarantined) = (head, quarantined);
            return positions;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    public void Dispose()
    {
        _see.Dispose();
        _insert.Dispose();
        _quarantine.Dispose();
        _seal.Dispose();
        _connection.Dispose();
    }

    private long[] Append(IReadOnlyList<NewEntry> entries, ref long head)
    {
        var positions = new long[entries.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            var entry = entries[i];
            var id = entry.Id.ToBytes();
            var revision = unchecked((long)entry.Revision);
            if (Run(_see, id, revision) == 0)
            {
                continue;
            }

            positions[i] = ++head;
            Run(_insert, head, (int)entry.Kind, id, revision, (int)entry.Priority, _keyId, _seal.Seal(head, entry.Payload.Span));
        }

        return positions;
    }

    // The same bytes refused for the same reason are kept once, however often a device sends them.
    private int Quarantine(long number, QuarantinedBytes bytes)
    {
        var digest = Convert.ToHexString(SHA256.HashData(bytes.Raw.Span));
        return Run(_see, MeasurementId.Of("quarantine", bytes.Source, bytes.Reason, digest).ToBytes(), 0L) == 0
            ? 0
            : Run(_quarantine, number, bytes.Source, bytes.Reason, _time.GetUtcNow().UtcTicks, _keyId, _seal.Seal(-number, bytes.Raw.Span));
    }

    // Some errors (a full disk) make SQLite roll back by itself.
    private void RollBack()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(_connection.Handle) == 0)
        {
            JournalTables.Execute(_connection, "rollback");
        }
    }

    private long Last(string table, string column)
    {
        using var command = JournalTables.Command(_connection, $"select coalesce(max({column}), 0) from {table}");
        return (long)command.ExecuteScalar()!;
    }

    private static int Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        return command.ExecuteNonQuery();
    }

    private SqliteCommand Prepare(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= parameters; i++)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = $"${i}" });
        }

        return command;
    }
}
