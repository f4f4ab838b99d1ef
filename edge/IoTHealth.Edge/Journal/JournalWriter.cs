using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Writes groups of writes in one transaction each. Used by the journal's writer thread alone.</summary>
internal sealed class JournalWriter(SqliteConnection connection, JournalKeys keys, JournalOptions options, TimeProvider time) : IDisposable
{
    private readonly JournalRows _rows = new(connection, keys, options, time);

    /// <summary>Last position; committed except within a transaction.</summary>
    public long Head => _rows.Head;

    public IReadOnlyList<JournalGeneration> Generations => _rows.Generations;

    public SqliteConnection Connection => connection;

    /// <summary>What was committed last; cleared before anything may go from the file.</summary>
    public RecentEntries Recent { get; } = new(options.RecentEntries);

    /// <summary>Writes and commits; on any exception nothing of the group is stored.</summary>
    /// <returns>For each write the positions of its entries, 0 for those known already.</returns>
    public List<IReadOnlyList<long>> Write(IReadOnlyList<JournalWrite> group)
    {
        if (group.Any(write => write.SetAside.Count > 0))
        {
            Recent.Clear();
        }

        var positions = Commit(rows => Append(rows, group));
        Recent.Add(group, positions);
        return positions;
    }

    /// <summary>Does something to the rows in a transaction of its own.</summary>
    public T Transact<T>(Func<JournalRows, T> work)
    {
        Recent.Clear();
        return Commit(work);
    }

    public void Dispose()
    {
        _rows.Dispose();
        connection.Dispose();
    }

    private List<IReadOnlyList<long>> Append(JournalRows rows, IReadOnlyList<JournalWrite> group)
    {
        var positions = new List<IReadOnlyList<long>>(group.Count);
        foreach (var write in group)
        {
            positions.Add(rows.Append(write.Entries));
            foreach (var bytes in write.Quarantine)
            {
                rows.Quarantine(bytes);
            }

            foreach (var aside in write.SetAside)
            {
                rows.SetAside(aside);
            }

            foreach (var number in write.Settled)
            {
                rows.Settle(number);
            }

            write.Rows?.Invoke(connection, positions[^1]);
        }

        return positions;
    }

    private T Commit<T>(Func<JournalRows, T> work)
    {
        try
        {
            JournalTables.Execute(connection, "begin immediate");
            var result = work(_rows);
            _rows.StoreCounts();
            options.BeforeCommit?.Invoke();
            var begun = time.GetTimestamp();
            JournalTables.Execute(connection, "commit");
            _rows.Committed();
            options.Committed?.Invoke(time.GetElapsedTime(begun));
            return result;
        }
        catch
        {
            RollBack();
            throw;
        }
    }

    // Some errors (a full disk) make SQLite roll back by itself. What cannot be read back is read when the file is opened again.
    private void RollBack()
    {
        try
        {
            if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            {
                JournalTables.Execute(connection, "rollback");
            }

            _rows.Reload();
        }
        catch (SqliteException)
        {
            IsLost = true;
        }
    }

    /// <summary>Whether the connection is of no more use: neither went a transaction through nor could it be taken back.</summary>
    public bool IsLost { get; private set; }
}
