using System.Buffers.Binary;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Which ids were seen, also of entries that have gone. Ids are random, so that putting each into the tree at once would write a
/// page of 4 KB for every reading. The newest are therefore looked up in memory, where they are read out of the log itself at opening,
/// and go into the tree in sorted slices. Used by the writer's thread alone.
/// </summary>
internal sealed class SeenIds : IDisposable
{
    public const string Create =
        """
        create table if not exists seen (id blob not null, revision integer not null, primary key (id, revision)) without rowid;
        create table if not exists seen_upto (position integer not null);
        """;

    private const int SliceLeast = 4_096;

    private readonly SqliteConnection _connection;
    private readonly int _inMemory;
    private readonly HashSet<(UInt128 Id, ulong Revision)> _recent = [];
    private readonly List<(UInt128 Id, ulong Revision)> _pending = [];
    private readonly Statement _find;
    private readonly Statement _insert;
    private readonly Statement _insertOf;

    private (UInt128 Id, ulong Revision)[] _merging = [];
    private long _mergingTo;
    private int _merged;
    private int _slice;
    private long _upTo;

    public SeenIds(SqliteConnection connection, int inMemory)
    {
        (_connection, _inMemory) = (connection, inMemory);
        _find = new Statement(connection, "select 1 from seen where id = ?1 and revision = ?2");
        _insert = new Statement(connection, "insert or ignore into seen (id, revision) values (?1, ?2)");
        _insertOf = new Statement(connection, "insert or ignore into seen (id, revision) select id, revision from entry where position = ?1");
        Load();
    }

    /// <summary>Notes an entry's id; it is in the log from this transaction on.</summary>
    /// <returns>False where it was known.</returns>
    public bool Add(MeasurementId id, ulong revision)
    {
        var bytes = id.ToBytes();
        var key = (BinaryPrimitives.ReadUInt128BigEndian(bytes), revision);
        if (_recent.Contains(key) || _find.Bind(1, bytes).Bind(2, unchecked((long)revision)).Number() is not null)
        {
            return false;
        }

        _recent.Add(key);
        _pending.Add(key);
        return true;
    }

    /// <summary>Notes an id that is in no entry.</summary>
    /// <returns>False where it was known.</returns>
    public bool Keep(MeasurementId id) => _insert.Bind(1, id.ToBytes()).Bind(2, 0L).Run() > 0;

    /// <summary>Called before an entry is deleted: its id must outlive it.</summary>
    public void Outlive(long position)
    {
        if (position > _upTo)
        {
            _insertOf.Bind(1, position).Run();
        }
    }

    /// <summary>Puts a slice of the newest ids into the tree, where there are many.</summary>
    /// <param name="head">Last position of the log.</param>
    public void Merge(long head)
    {
        if (_merging.Length == 0)
        {
            if (_recent.Count < _inMemory)
            {
                return;
            }

            (_merging, _mergingTo, _merged) = ([.. _recent.Order()], head, 0);
        }

        _slice = Math.Min(_merging.Length - _merged, SliceLeast + _recent.Count / 8);
        var bytes = new byte[MeasurementId.Length];
        foreach (var (id, revision) in _merging.AsSpan(_merged, _slice))
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
            _insert.Bind(1, bytes).Bind(2, unchecked((long)revision)).Run();
        }

        if (_merged + _slice == _merging.Length)
        {
            JournalTables.Execute(_connection, "update seen_upto set position = $to", ("$to", _mergingTo));
        }
    }

    /// <summary>The transaction is durable.</summary>
    public void Committed()
    {
        _pending.Clear();
        _merged += _slice;
        _slice = 0;
        if (_merging.Length > 0 && _merged == _merging.Length)
        {
            _recent.ExceptWith(_merging);
            (_merging, _upTo) = ([], _mergingTo);
        }
    }

    /// <summary>The transaction was taken back.</summary>
    public void RolledBack()
    {
        _recent.ExceptWith(_pending);
        _pending.Clear();
        (_merging, _merged, _slice) = ([], 0, 0);
    }

    public void Dispose()
    {
        _find.Dispose();
        _insert.Dispose();
        _insertOf.Dispose();
    }

    private void Load()
    {
        // A file of a former version, or a salvaged one, has all of them in the tree.
        JournalTables.Execute(_connection, "insert into seen_upto select coalesce(max(position), 0) from entry where not exists (select 1 from seen_upto)");
        _upTo = JournalTables.Number(_connection, "select position from seen_upto");
        using var command = JournalTables.Command(_connection, "select id, revision from entry where position > $upto", ("$upto", _upTo));
        using var rows = command.ExecuteReader();
        while (rows.Read())
        {
            if (rows.GetValue(0) is byte[] { Length: MeasurementId.Length } id)
            {
                _recent.Add((BinaryPrimitives.ReadUInt128BigEndian(id), unchecked((ulong)rows.GetInt64(1))));
            }
        }
    }
}
