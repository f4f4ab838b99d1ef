using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The journal on SQLite (WAL, synchronous=FULL). Payloads are sealed; positions are dense when they are given, and what goes
/// later is told. <see cref="JournalLoop"/> writes; readers have connections of their own.
/// </summary>
public sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private readonly JournalFolder _folder;
    private readonly JournalLoop _loop;
    private readonly string _gateway;
    private readonly TimeProvider _time;
    private readonly SemaphoreSlim _room;

    private SqliteJournal(JournalOptions options, JournalFolder folder, JournalLoop loop, string gateway, TimeProvider time)
    {
        _folder = folder;
        _time = time;
        _loop = loop;
        _gateway = gateway;
        _room = new SemaphoreSlim(options.MaximumWaiting);
        _loop.Late += entries => Unstored?.Invoke(entries);
    }

    /// <summary>
    /// Told of entries that could not be stored, or not within a second: whoever must not wait for the disk takes them from here. They may
    /// be stored after all.
    /// </summary>
    public event Action<IReadOnlyList<NewEntry>>? Unstored;

    public JournalId Id => new(_gateway, _loop.State.Generations[^1].Guid);

    public IReadOnlyList<JournalGeneration> Generations => _loop.State.Generations;

    public long Head => _loop.State.Head;

    /// <summary>Why readings cannot be kept; null while they can.</summary>
    public string? Trouble => _loop.Trouble;

    /// <summary>Opens the journal of a folder, or begins one.</summary>
    /// <param name="options">Bounds and folder.</param>
    /// <param name="gateway">Gateway id.</param>
    /// <param name="time">Clock of the creation and quarantine stamps.</param>
    /// <param name="readerTables">SQL that creates the readers' own tables.</param>
    /// <exception cref="IOException">The file or its key cannot be used; nothing falls back to memory.</exception>
    public static SqliteJournal Open(JournalOptions options, string gateway, TimeProvider time, params ReadOnlySpan<string> readerTables)
    {
        var folder = JournalFolder.Claim(options.Folder);
        try
        {
            var tables = readerTables.ToArray();
            var loop = new JournalLoop(options, (suspect, again) => JournalSession.Open(options, folder, time, tables, suspect, again), time);
            return new SqliteJournal(options, folder, loop, gateway, time);
        }
        catch (Exception e)
        {
            folder.Dispose();
            if (e is SqliteException)
            {
                throw new IOException($"{folder.DatabaseFile}: {e.Message}", e);
            }

            throw;
        }
    }

    /// <summary>Takes a new box key that lies ready, where no gateway has the folder; opening the journal does it.</summary>
    /// <returns>False where a gateway runs.</returns>
    public static bool TryRotate(JournalOptions options, string gateway)
    {
        if (JournalFolder.IsClaimed(options.Folder))
        {
            return false;
        }

        Open(options, gateway, TimeProvider.System).DisposeAsync().AsTask().GetAwaiter().GetResult();
        return true;
    }

    public async ValueTask<IReadOnlyList<long>> WriteAsync(JournalWrite write, CancellationToken waiting = default)
    {
        await TakeRoomAsync(write.Entries, waiting);
        try
        {
            return await _loop.WriteAsync(write);
        }
        catch (IOException)
        {
            Unstored?.Invoke(write.Entries);
            throw;
        }
        finally
        {
            _room.Release();
        }
    }

    // What waits for room is not stored soon either.
    private async Task TakeRoomAsync(IReadOnlyList<NewEntry> entries, CancellationToken waiting)
    {
        if (await _room.WaitAsync(TimeSpan.Zero, waiting))
        {
            return;
        }

        using var late = _time.CreateTimer(_ => Unstored?.Invoke(entries), null, JournalLoop.Soon, Timeout.InfiniteTimeSpan);
        await _room.WaitAsync(waiting);
    }

    public Task BeginAnewAsync(long after, string reason) => _loop.TransactAsync(rows => rows.BeginAnew(after, reason));

    public Task ProveAsync(long cloudHolds) => _loop.ProveAsync(cloudHolds);

    public IReadOnlyList<Entry> Read(long from, long to, int maximum, int maximumBytes) =>
        _loop.Recent(from, to, maximum, maximumBytes) ?? ReadFile(from, to, maximum, maximumBytes);

    private List<Entry> ReadFile(long from, long to, int maximum, int maximumBytes) => _loop.Read((connection, keys) =>
    {
        using var opener = new SealOpener(keys);
        using var command = JournalTables.Command(
            connection, $"select {EntryRow.Columns} from entry where position between $from and $to order by position limit $limit",
            ("$from", from), ("$to", to), ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var entries = new List<Entry>();
        var bytes = 0;
        while (rows.Read() && (entries.Count == 0 || bytes < maximumBytes))
        {
            var row = EntryRow.Read(rows);
            try
            {
                entries.Add(row.ToEntry(opener));
            }
            catch (IOException) when (entries.Count > 0)
            {
                break;
            }
            catch (IOException e)
            {
                _loop.SetAsideDamaged(row.Position);
                throw new IOException($"{e.Message}; it is being set aside", e);
            }

            bytes += entries[^1].Payload.Length;
        }

        return entries;
    });

    public Task WaitBeyondAsync(long position, CancellationToken cancellation) => _loop.WaitBeyondAsync(position, cancellation);

    public T Query<T>(Func<SqliteConnection, T> query) => _loop.Read((connection, _) => query(connection));

    /// <summary>The newest refused bytes, opened; what is done with is left out.</summary>
    /// <param name="maximum">How many at most.</param>
    /// <param name="upTo">The highest number that is looked at.</param>
    public IReadOnlyList<(long Number, DateTimeOffset At, QuarantinedBytes Bytes)> Quarantine(int maximum, long upTo = long.MaxValue) => _loop.Read((connection, keys) =>
    {
        using var opener = new SealOpener(keys);
        using var command = JournalTables.Command(
            connection,
            """
            select q.number, q.source, q.reason, q.at, q.key, q.sealed, d.id, q.day from quarantine q left join ledger_device d on d.number = q.device
            where q.settled is null and q.number <= $to order by q.number desc limit $limit
            """,
            ("$limit", maximum), ("$to", upTo));
        using var rows = command.ExecuteReader();
        var found = new List<(long, DateTimeOffset, QuarantinedBytes)>();
        while (rows.Read())
        {
            // Sealed at the negative number, so that no payload can be passed off as an entry's.
            var raw = opener.Open((int)rows.GetInt64(4), -rows.GetInt64(0), (byte[])rows.GetValue(5));
            Origin? origin = rows.IsDBNull(6) || rows.IsDBNull(7) ? null : new Origin(rows.GetString(6), DateOnly.FromDayNumber(rows.GetInt32(7)));
            found.Add((
                rows.GetInt64(0), new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero),
                new QuarantinedBytes(rows.GetString(1), rows.GetString(2), raw) { Origin = origin }));
        }

        return found;
    });

    /// <summary>Completes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        _folder.Dispose();
    }
}
