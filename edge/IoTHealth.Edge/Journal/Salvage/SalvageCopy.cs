using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>Copies rows of a damaged file into a new one, within one transaction.</summary>
internal sealed class SalvageCopy(SqliteConnection connection, PageRows rows, IReadOnlyList<NotedTable> tables)
{
    private const int SealedBytesLeast = EntrySeal.OverheadBytes;

    /// <summary>The data keys, from the file or from the note beside it.</summary>
    public void Keys(JournalNote? note, BoxKey boxKey)
    {
        if (Find("data_key") is { } table)
        {
            Table(table);
        }

        foreach (var key in note?.Keys ?? [])
        {
            key.Store(connection);
        }

        // A wrapped key that nothing opens opens nothing.
        foreach (var key in WrappedKey.Load(connection))
        {
            try
            {
                boxKey.Unwrap(key.Wrapped, key.Journal);
            }
            catch (IOException)
            {
                JournalTables.Execute(connection, "delete from data_key where id = $id", ("$id", key.Id));
            }
        }

        if (WrappedKey.Load(connection).Count == 0)
        {
            throw new IOException("none of the journal's keys can be opened by box.key: neither in the damaged file nor in journal.note");
        }
    }

    /// <summary>A table as far as its tree can be followed.</summary>
    public void Table(NotedTable table)
    {
        var target = ColumnsOf(table.Name);
        if (target.Count == 0)
        {
            // A reader's own, which is not here today.
            JournalTables.Execute(connection, table.Sql);
            target = ColumnsOf(table.Name);
        }

        var columns = table.Columns.Where(target.Contains).ToList();
        if (columns.Count == 0)
        {
            return;
        }

        var sql = $"insert or ignore into {table.Name} ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})";
        foreach (var row in rows.Tree(table.Root))
        {
            Insert(sql, columns, table, row);
        }
    }

    /// <summary>Entries, refused bytes and seen ids, wherever they lie.</summary>
    public void Pages(PageFile file, BoxKey boxKey)
    {
        var keys = JournalKeys.Of(WrappedKey.Load(connection), boxKey);
        using var opener = new SealOpener(keys);
        var (entries, refusals) = (Find("entry"), Find("quarantine"));
        using var entry = new Statement(
            connection, "insert or ignore into entry (position, kind, id, revision, priority, device, day, key, sealed) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        using var seen = new Statement(connection, "insert or ignore into seen (id, revision) values (?1, ?2)");
        foreach (var (number, page) in file.All())
        {
            foreach (var row in rows.Of(number, page))
            {
                if (row.Values is [byte[] { Length: MeasurementId.Length } id, long revision])
                {
                    seen.Bind(1, id).Bind(2, revision).Run();
                }
                else if (entries is not null && row.Values.Count >= 7 && Entry(entries, row) is { } found && IsWhole(found, opener))
                {
                    entry.Bind(1, found.Position).Bind(2, (long)found.Kind).Bind(3, found.Id.ToBytes()).Bind(4, unchecked((long)found.Revision))
                        .Bind(5, (long)found.Priority).Bind(6, found.Device).Bind(7, found.Day).Bind(8, (long)found.KeyId).Bind(9, found.Sealed).Run();
                    seen.Bind(1, found.Id.ToBytes()).Bind(2, unchecked((long)found.Revision)).Run();
                }
                else if (refusals is not null && row.Values.Count >= 6)
                {
                    Refusal(refusals, row, opener);
                }
            }
        }
    }

    private NotedTable? Find(string name) => tables.FirstOrDefault(table => table.Name == name);

    private static EntryRow? Entry(NotedTable table, SalvagedRow row)
    {
        object? At(string column) => Value(table, row, column);
        return At("kind") is long kind && At("id") is byte[] { Length: MeasurementId.Length } id && At("revision") is long revision &&
            At("priority") is long priority && At("key") is long key && At("sealed") is byte[] { Length: >= SealedBytesLeast } payload && row.RowId > 0
            ? new EntryRow(
                row.RowId, (int)kind, MeasurementId.FromBytes(id), unchecked((ulong)revision), (int)priority, (int?)(At("device") as long?),
                (int?)(At("day") as long?), (int)key, payload)
            : null;
    }

    private static bool IsWhole(EntryRow row, SealOpener opener)
    {
        try
        {
            row.Open(opener);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private void Refusal(NotedTable table, SalvagedRow row, SealOpener opener)
    {
        if (Value(table, row, "source") is string && Value(table, row, "reason") is string && Value(table, row, "key") is long key &&
            Value(table, row, "sealed") is byte[] { Length: >= SealedBytesLeast } payload && row.RowId > 0)
        {
            try
            {
                opener.Open((int)key, -row.RowId, payload);
            }
            catch (IOException)
            {
                return;
            }

            var columns = table.Columns;
            Insert(
                $"insert or ignore into quarantine ({string.Join(", ", columns)}) values ({string.Join(", ", columns.Select((_, i) => $"$p{i}"))})",
                columns, table, row);
        }
    }

    private void Insert(string sql, IReadOnlyList<string> columns, NotedTable table, SalvagedRow row)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < columns.Count; i++)
        {
            command.Parameters.AddWithValue($"$p{i}", Value(table, row, columns[i]) ?? DBNull.Value);
        }

        try
        {
            command.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 19 or 20)
        {
            // Not a row of this table.
        }
    }

    // A row that was written before a column was added does not have it.
    private static object? Value(NotedTable table, SalvagedRow row, string column)
    {
        for (var i = 0; i < table.Columns.Count; i++)
        {
            if (table.Columns[i] == column)
            {
                return i == table.RowId ? row.RowId : i < row.Values.Count ? row.Values[i] : null;
            }
        }

        return null;
    }

    private HashSet<string> ColumnsOf(string table)
    {
        using var command = JournalTables.Command(connection, "select name from pragma_table_info($table)", ("$table", table));
        using var found = command.ExecuteReader();
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (found.Read())
        {
            names.Add(found.GetString(0));
        }

        return names;
    }
}
