using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>A row of the log as it lies on disk.</summary>
internal sealed record EntryRow(
    long Position, int Kind, MeasurementId Id, ulong Revision, int Priority, int? Device, int? Day, int KeyId, byte[] Sealed)
{
    /// <summary>Columns in the order in which <see cref="Read"/> takes them.</summary>
    public const string Columns = "position, kind, id, revision, priority, device, day, key, sealed";

    public Gone Gone => new(Position, Device, Day);

    private SealedRow Bound => new(Kind, Id, Revision, Priority, Device, Day);

    /// <exception cref="DamagedPayloadException">The id is none.</exception>
    public static EntryRow Read(SqliteDataReader rows)
    {
        var id = rows.GetValue(2) as byte[];
        return id?.Length == MeasurementId.Length && rows.GetValue(8) is byte[] payload
            ? new EntryRow(
                rows.GetInt64(0), (int)rows.GetInt64(1), MeasurementId.FromBytes(id), unchecked((ulong)rows.GetInt64(3)), (int)rows.GetInt64(4),
                rows.IsDBNull(5) ? null : (int)rows.GetInt64(5), rows.IsDBNull(6) ? null : (int)rows.GetInt64(6), (int)rows.GetInt64(7), payload)
            : new EntryRow(rows.GetInt64(0), 0, default, 0, 0, null, null, -1, []);
    }

    public static EntryRow? Find(SqliteConnection connection, long position)
    {
        using var command = JournalTables.Command(connection, $"select {Columns} from entry where position = $position", ("$position", position));
        using var rows = command.ExecuteReader();
        return rows.Read() ? Read(rows) : null;
    }

    /// <summary>Runs of [from, to] that have no entry.</summary>
    public static List<Interval> Missing(SqliteConnection connection, long from, long to)
    {
        using var command = JournalTables.Command(
            connection, "select position from entry where position between $from and $to order by position", ("$from", from), ("$to", to));
        using var rows = command.ExecuteReader();
        var missing = new List<Interval>();
        var next = from;
        while (rows.Read())
        {
            if (rows.GetInt64(0) > next)
            {
                missing.Add(new Interval(next, rows.GetInt64(0) - 1));
            }

            next = rows.GetInt64(0) + 1;
        }

        if (next <= to)
        {
            missing.Add(new Interval(next, to));
        }

        return missing;
    }

    /// <exception cref="DamagedPayloadException">The row is not what was written.</exception>
    public byte[] Open(SealOpener opener) => opener.Open(KeyId, Position, Sealed, Bound);

    public bool IsWhole(JournalKeys keys)
    {
        using var opener = new SealOpener(keys);
        try
        {
            Open(opener);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public Entry ToEntry(SealOpener opener) => new(Position, (EntryKind)Kind, Id, Revision, (EntryPriority)Priority, Open(opener));
}
