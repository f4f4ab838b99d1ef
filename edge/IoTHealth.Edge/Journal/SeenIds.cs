using System.Buffers.Binary;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Which ids were seen, also of entries that have gone. Ids are random, so that putting each into the tree at once would write a
/// page of 4 KB for every reading. The newest are therefore looked up in memory, where they are read out of the log itself at opening,
/// and go into a tree in sorted slices. There are two trees: when one has its share of the file, the other, with the oldest ids, is
/// emptied and takes its turn, so that ids never crowd out readings. The cloud folds what comes again after that.
/// Used by the writer's thread alone.
/// </summary>
internal sealed class SeenIds : IDisposable
{
    public const string Create =
        """
        create table if not exists seen (id blob not null, revision integer not null, primary key (id, revision)) without rowid;
        create table if not exists seen_older (id blob not null, revision integer not null, primary key (id, revision)) without rowid;
        create table if not exists seen_upto (position integer not null, side integer not null, seen integer not null, older integer not null);
        """;

    private const int SliceLeast = 4_096;

    /// <summary>With what random order leaves free in pages.</summary>
    private const int BytesOfId = 48;

    /// <summary>Of the file, each of the two trees.</summary>
    private const int Share = 8;


    private static readonly string[] Sides = ["seen", "seen_older"];

    private readonly SqliteConnection _connection;
    private readonly int _inMemory;
    private readonly long _idsOfSide;
    private readonly long[] _counts = new long[2];
    private readonly HashSet<(UInt128 Id, ulong Revision)> _recent = [];
    private readonly List<(UInt128 Id, ulong Revision)> _pending = [];
    private readonly Statement _find;
    private readonly Statement[] _insert;
    private readonly Statement[] _insertOf;
    private readonly Statement[] _trim;
    private readonly Statement _note;

    private (UInt128 Id, ulong Revision)[] _merging = [];
    private long _mergingTo;
    private int _merged;
    private int _slice;
    private int _side;
    private bool _isChanged;
    private long _upTo;

    public SeenIds(SqliteConnection connection, JournalOptions options)
    {
        (_connection, _inMemory) = (connection, options.SeenInMemory);
        _idsOfSide = options.MaximumMegabytes * (1L << 20) / Share / BytesOfId;
        _find = new Statement(
            connection, "select 1 from seen where id = ?1 and revision = ?2 union all select 1 from seen_older where id = ?1 and revision = ?2 limit 1");
        Statement[] Both(string sql) => [.. Sides.Select(side => new Statement(connection, string.Format(null, sql, side)))];
        _insert = Both("insert or ignore into {0} (id, revision) values (?1, ?2)");
        _insertOf = Both("insert or ignore into {0} (id, revision) select id, revision from entry where position = ?1");
        _trim = Both("delete from {0} where (id, revision) in (select id, revision from {0} limit ?1)");
        _note = new Statement(connection, "update seen_upto set position = ?1, side = ?2, seen = ?3, older = ?4");
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
    public bool Keep(MeasurementId id)
    {
        var bytes = id.ToBytes();
        return _find.Bind(1, bytes).Bind(2, 0L).Number() is null && Insert(bytes, 0) > 0;
    }

    /// <summary>Called before an entry is deleted: its id must outlive it.</summary>
    public void Outlive(long position)
    {
        if (position > _upTo)
        {
            Count(_insertOf[_side].Bind(1, position).Run());
        }
    }

    /// <summary>Puts a slice of the newest ids into the tree, where there are many, and lets the oldest go, where they have their share.</summary>
    /// <param name="head">Last position of the log.</param>
    public void Merge(long head)
    {
        if (_merging.Length == 0 && _recent.Count >= _inMemory)
        {
            (_merging, _mergingTo, _merged) = ([.. _recent.Order()], head, 0);
        }

        _slice = Math.Min(_merging.Length - _merged, SliceLeast + _recent.Count / 8);
        var bytes = new byte[MeasurementId.Length];
        foreach (var (id, revision) in _merging.AsSpan(_merged, _slice))
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
            Insert(bytes, revision);
        }

        Trim();
        var isMerged = _merging.Length > 0 && _merged + _slice == _merging.Length;
        if (isMerged || _isChanged)
        {
            _note.Bind(1, isMerged ? _mergingTo : _upTo).Bind(2, (long)_side).Bind(3, _counts[0]).Bind(4, _counts[1]).Run();
            _isChanged = false;
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
            (_merging, _upTo, _merged) = ([], _mergingTo, 0);
        }
    }

    /// <summary>The transaction was taken back.</summary>
    public void RolledBack()
    {
        _recent.ExceptWith(_pending);
        _pending.Clear();
        (_merging, _merged, _slice) = ([], 0, 0);
        LoadNote();
    }

    public void Dispose()
    {
        foreach (var statement in (Statement[])[_find, _note, .. _insert, .. _insertOf, .. _trim])
        {
            statement.Dispose();
        }
    }

    private int Insert(byte[] id, ulong revision)
    {
        var inserted = _insert[_side].Bind(1, id).Bind(2, unchecked((long)revision)).Run();
        Count(inserted);
        return inserted;
    }

    private void Count(int inserted)
    {
        _counts[_side] += inserted;
        _isChanged |= inserted > 0;
    }

    private void Trim()
    {
        if (_counts[_side] <= _idsOfSide)
        {
            return;
        }

        var other = 1 - _side;
        _isChanged = true;
        if (_counts[other] > 0)
        {
            var gone = _trim[other].Bind(1, 2L * SliceLeast).Run();
            _counts[other] = gone == 0 ? 0 : _counts[other] - gone;
        }
        else
        {
            _side = other;
        }
    }

    private void LoadNote()
    {
        using var command = JournalTables.Command(_connection, "select position, side, seen, older from seen_upto");
        using var row = command.ExecuteReader();
        if (row.Read())
        {
            (_upTo, _side, _counts[0], _counts[1]) = (row.GetInt64(0), (int)row.GetInt64(1) & 1, row.GetInt64(2), row.GetInt64(3));
        }

        _isChanged = false;
    }

    private void Load()
    {
        // A file of a former version, or a salvaged one, has all of them in the tree.
        JournalTables.Execute(
            _connection,
            """
            insert into seen_upto (position, side, seen, older)
            select (select coalesce(max(position), 0) from entry), 0, (select count(*) from seen), (select count(*) from seen_older)
            where not exists (select 1 from seen_upto)
            """);
        LoadNote();
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
