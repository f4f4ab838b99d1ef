using System.Collections.Immutable;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The rows of entries within one of the writer's transactions: what is appended, given up or set aside, counted in the ledger in
/// the same transaction.
/// </summary>
internal sealed class JournalRows : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly JournalKeys _keys;
    private readonly TimeProvider _time;
    private readonly EntrySeal _seal;
    private readonly int _keyId;
    private readonly LedgerCounts _counts;
    private readonly LedgerDevices _devices;
    private readonly QuarantineRows _quarantine;
    private readonly DayStarts _days;
    private readonly SeenIds _seen;
    private readonly Statement _insert;
    private readonly Statement _delete;

    public JournalRows(SqliteConnection connection, JournalKeys keys, JournalOptions options, TimeProvider time)
    {
        (_connection, _keys, _time, _keyId) = (connection, keys, time, keys.Current);
        _seal = keys.Seal(_keyId);
        _counts = new LedgerCounts(connection);
        _devices = new LedgerDevices(connection);
        _quarantine = new QuarantineRows(connection, options, time, _counts);
        _days = new DayStarts(connection, time);
        _seen = new SeenIds(connection, options);
        _insert = new Statement(
            connection, "insert into entry (position, kind, id, revision, priority, device, day, key, sealed) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
        _delete = new Statement(connection, "delete from entry where position = ?1");
        Head = LastGiven(connection);
        Generations = GenerationTable.Load(connection);
    }

    /// <summary>
    /// The last position that was ever given: of what is there, of what the cloud took, and with which the newest generation began. After a
    /// salvage that lost the tail the last two lie above the first, and a position given twice would count as delivered.
    /// </summary>
    public static long LastGiven(SqliteConnection connection) => new[]
    {
        JournalTables.Number(connection, "select coalesce(max(position), 0) from entry"),
        JournalTables.Number(connection, "select coalesce(max(to_position), 0) from delivered"),
        JournalTables.Number(connection, "select coalesce(max(base), 0) from generation"),
    }.Max();

    /// <summary>Last position, within the transaction.</summary>
    public long Head { get; private set; }

    /// <summary>Generations, within the transaction.</summary>
    public ImmutableArray<JournalGeneration> Generations { get; private set; }

    /// <summary>Appends what is not known yet.</summary>
    /// <returns>The positions given, 0 for what was known.</returns>
    public long[] Append(IReadOnlyList<NewEntry> entries)
    {
        var positions = new long[entries.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = Append(entries[i]);
        }

        return positions;
    }

    /// <summary>Keeps refused bytes. The same bytes refused for the same reason are kept once, however often a device sends them.</summary>
    public void Quarantine(QuarantinedBytes bytes)
    {
        if (_seen.Keep(QuarantineRows.IdOf(bytes)))
        {
            int? device = bytes.Origin is { } origin ? _devices.Number(origin.Device) : null;
            var line = _counts.Of(device, bytes.Origin?.Day.DayNumber);
            line.Measured++;
            line.Quarantined++;
            _quarantine.Add(bytes, device, bytes.Origin?.Day.DayNumber, _keyId, _seal);
        }
    }

    /// <summary>Notes that what was in quarantine is done with: the entries it became are counted by themselves.</summary>
    public void Settle(long number)
    {
        if (_quarantine.Settle(number) is { } line)
        {
            var counts = _counts.Of(line.Device, line.Day);
            counts.Measured--;
            counts.Quarantined--;
        }
    }

    /// <summary>Takes an entry that no cloud takes out of the log and into quarantine.</summary>
    public void SetAside(SetAside aside)
    {
        if (EntryRow.Find(_connection, aside.Position) is not { } row)
        {
            return;
        }

        using var opener = new SealOpener(_keys);
        var (device, day) = Ledger.IsDelivered(_connection, row.Position) ? (null, null) : (row.Device, row.Day);
        _quarantine.Add(new QuarantinedBytes(aside.Source, aside.Reason, row.Open(opener)), device, day, _keyId, _seal);
        var line = _counts.Of(device, day);
        line.Waiting--;
        line.Quarantined++;

        Tell([row.Gone], aside.Reason);
        Delete(row.Position);
    }

    /// <summary>Sets aside an entry whose payload is not what was written; false where it is in order after all.</summary>
    public bool SetAsideDamaged(long position)
    {
        if (EntryRow.Find(_connection, position) is not { } row || row.IsWhole(_keys))
        {
            return false;
        }

        var reason = $"the entry at position {position} was changed on disk";
        _quarantine.Add(new QuarantinedBytes(GapEntries.Journal, reason, row.Sealed), null, null, _keyId, _seal);
        GiveUp([row.Gone], GapCause.Damaged, reason);
        return true;
    }

    /// <summary>Deletes entries, counts those the cloud never took, and tells which positions will not come.</summary>
    public void GiveUp(IReadOnlyCollection<Gone> gone, string cause, string reason)
    {
        // First: the gap becomes the last entry, and so the last entry is never deleted.
        Tell(gone, reason);
        foreach (var one in gone)
        {
            if (Delete(one.Position))
            {
                CountLost(one, cause);
            }
        }
    }

    /// <summary>
    /// Writes rows anew where they were: SQLite joins pages only when they are two thirds empty, so that thinning every other row
    /// would win no space.
    /// </summary>
    public void Repack(IReadOnlyList<EntryRow> kept)
    {
        if (kept.Any(row => row.Sealed.Length < EntrySeal.OverheadBytes))
        {
            return;
        }

        foreach (var row in kept)
        {
            _delete.Bind(1, row.Position).Run();
        }

        foreach (var row in kept)
        {
            Insert(row);
        }
    }

    /// <summary>Counts a reading that is no longer here.</summary>
    public void CountLost(Gone one, string cause)
    {
        if (one.Device is not null && !Ledger.IsDelivered(_connection, one.Position))
        {
            _counts.Of(one.Device, one.Day).Waiting--;
            _counts.Gap(one.Device, one.Day, cause);
        }
    }

    /// <summary>Deletes entries that the cloud has.</summary>
    public void Forget(IEnumerable<long> positions)
    {
        foreach (var position in positions)
        {
            Delete(position);
        }
    }

    /// <summary>Tells positions that will not come.</summary>
    public void Tell(IReadOnlyCollection<Gone> gone, string reason)
    {
        foreach (var entry in GapEntries.Of(gone, Generations, _devices.Name, reason, Head))
        {
            Append(entry);
        }
    }

    /// <summary>Gives what comes after a position to a new generation.</summary>
    /// <returns>The new generation.</returns>
    public JournalGeneration BeginAnew(long after, string reason)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(after, Head);
        Generations = Generations.Add(GenerationTable.Begin(_connection, Guid.NewGuid(), after, reason, _time.GetUtcNow()));

        // What is already gone of the positions that change their name was told under the former one.
        foreach (var runs in EntryRow.Missing(_connection, after + 1, Head).Chunk(GapEntries.RunsMaximum))
        {
            Append(GapEntries.Of(runs, Generations[^1], reason, Head));
        }

        return Generations[^1];
    }

    /// <summary>Notes that this day was seen, also where nothing is written on it.</summary>
    public void NoteDay() => _days.Note(Head + 1);

    /// <summary>Stores what was counted, just before the commit.</summary>
    public void StoreCounts()
    {
        _quarantine.KeepWithin();
        _seen.Merge(Head);
        _counts.Store();
    }

    /// <summary>What was done is durable.</summary>
    public void Committed() => _seen.Committed();

    /// <summary>Goes back to what was committed.</summary>
    public void Reload()
    {
        _seen.RolledBack();
        _counts.Clear();
        _devices.Forget();
        _days.Forget();
        _quarantine.Reload();
        Head = LastGiven(_connection);
        Generations = GenerationTable.Load(_connection);
    }

    public void Dispose()
    {
        _seen.Dispose();
        _counts.Dispose();
        _insert.Dispose();
        _delete.Dispose();
        _quarantine.Dispose();
        _seal.Dispose();
    }

    /// <summary>Leaves out positions that were given before and lost: none is ever given twice.</summary>
    public void SkipTo(long position) => Head = Math.Max(Head, position);

    /// <summary>The positions of a run.</summary>
    public static IEnumerable<long> Positions(Interval run)
    {
        for (var position = run.From; position <= run.To; position++)
        {
            yield return position;
        }
    }

    private long Append(NewEntry entry)
    {
        int? device = entry.Origin is { } origin ? _devices.Number(origin.Device) : null;
        int? day = entry.Origin?.Day.DayNumber;
        if (!_seen.Add(entry.Id, entry.Revision) && !entry.IsAgain)
        {
            _counts.Of(device, day).Folded++;
            return 0;
        }

        var position = ++Head;
        _days.Note(position);
        var row = new SealedRow((int)entry.Kind, entry.Id, entry.Revision, (int)entry.Priority, device, day);
        Insert(new EntryRow(
            position, row.Kind, row.Id, row.Revision, row.Priority, device, day, _keyId, _seal.Seal(position, entry.Payload.Span, row)));
        var line = _counts.Of(device, day);
        line.Measured++;
        line.Waiting++;
        return position;
    }

    private void Insert(EntryRow row) => _insert
        .Bind(1, row.Position).Bind(2, (long)row.Kind).Bind(3, row.Id.ToBytes()).Bind(4, unchecked((long)row.Revision)).Bind(5, (long)row.Priority)
        .Bind(6, row.Device).Bind(7, row.Day).Bind(8, (long)row.KeyId).Bind(9, row.Sealed).Run();

    private bool Delete(long position)
    {
        _seen.Outlive(position);
        return _delete.Bind(1, position).Run() > 0;
    }
}
