using System.Threading.Channels;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The journal on SQLite (WAL, synchronous=FULL). One writer thread takes whatever waits, writes it in one transaction and
/// completes its callers after the commit (group commit). Payloads are sealed; positions are dense.
/// </summary>
public sealed class SqliteJournal : IJournal, IAsyncDisposable
{
    private readonly record struct Waiting(JournalWrite Write, TaskCompletionSource<IReadOnlyList<long>> Done);

    private readonly JournalOptions _options;
    private readonly JournalKeys _keys;
    private readonly JournalFolder _folder;
    private readonly string _path;
    private readonly SemaphoreSlim _room;
    private readonly Channel<Waiting> _waiting = Channel.CreateUnbounded<Waiting>(new UnboundedChannelOptions { SingleReader = true });
    private readonly JournalWriter _writer;
    private readonly Lock _readLock = new();
    private readonly SqliteConnection _reader;
    private readonly Task _loop;

    private TaskCompletionSource _grown = NewSignal();
    private long _head;

    private SqliteJournal(
        JournalOptions options, JournalFolder folder, SqliteConnection connection, JournalKeys keys, string gateway, TimeProvider time)
    {
        _options = options;
        _keys = keys;
        _folder = folder;
        _path = folder.DatabaseFile;
        _room = new SemaphoreSlim(options.MaximumWaiting);
        _writer = new JournalWriter(connection, keys, time, options.BeforeCommit);
        _head = _writer.Head;
        _reader = JournalTables.Open(_path, write: false);
        Id = new JournalId(gateway, keys.Journal);
        _loop = Task.Factory.StartNew(WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public JournalId Id { get; }

    public IReadOnlyList<JournalGeneration> Generations => [new(Id.Guid, 0)];

    public Task BeginAnewAsync(long after, string reason) =>
        throw new IOException($"{_path}: a new generation after position {after} is needed ({reason})");

    public long Head => Volatile.Read(ref _head);

    /// <summary>Why the last commit failed; null since one succeeded.</summary>
    public string? Trouble { get; private set; }

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
            var boxKey = BoxKey.Open(options.Folder, File.Exists(folder.DatabaseFile));
            folder.CreateDatabase();
            var connection = JournalTables.Open(folder.DatabaseFile, write: true);
            options.OnOpened?.Invoke(connection);
            JournalTables.Execute(connection, JournalTables.Create);
            foreach (var sql in readerTables)
            {
                JournalTables.Execute(connection, sql);
            }

            return new SqliteJournal(options, folder, connection, JournalKeys.Open(connection, boxKey, time), gateway, time);
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

    public async ValueTask<IReadOnlyList<long>> WriteAsync(JournalWrite write, CancellationToken waiting = default)
    {
        await _room.WaitAsync(waiting);
        try
        {
            var queued = new Waiting(write, new TaskCompletionSource<IReadOnlyList<long>>(TaskCreationOptions.RunContinuationsAsynchronously));
            if (!_waiting.Writer.TryWrite(queued))
            {
                throw new IOException("the journal is closed");
            }

            return await queued.Done.Task;
        }
        finally
        {
            _room.Release();
        }
    }

    public IReadOnlyList<Entry> Read(long from, long to, int maximum, int maximumBytes)
    {
        lock (_readLock)
        {
            using var opener = new SealOpener(_keys);
            using var command = JournalTables.Command(
                _reader,
                "select position, kind, id, revision, priority, key, sealed from entry where position between $from and $to order by position limit $limit",
                ("$from", from), ("$to", to), ("$limit", maximum));
            using var rows = command.ExecuteReader();
            var entries = new List<Entry>();
            var bytes = 0;
            while (rows.Read() && (entries.Count == 0 || bytes < maximumBytes))
            {
                var entry = ReadEntry(rows, opener);
                bytes += entry.Payload.Length;
                entries.Add(entry);
            }

            return entries;
        }
    }

    public async Task WaitBeyondAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown).Task;
            if (Head > position)
            {
                return;
            }

            await grown.WaitAsync(cancellation);
        }
    }

    public T Query<T>(Func<SqliteConnection, T> query)
    {
        lock (_readLock)
        {
            return query(_reader);
        }
    }

    /// <summary>The newest refused bytes, opened.</summary>
    public IReadOnlyList<(long Number, DateTimeOffset At, QuarantinedBytes Bytes)> Quarantine(int maximum) => Query(connection =>
    {
        using var opener = new SealOpener(_keys);
        using var command = JournalTables.Command(
            connection, "select number, source, reason, at, key, sealed from quarantine order by number desc limit $limit", ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var found = new List<(long, DateTimeOffset, QuarantinedBytes)>();
        while (rows.Read())
        {
            // Sealed at the negative number, so that no payload can be passed off as an entry's.
            var raw = opener.Open((int)rows.GetInt64(4), -rows.GetInt64(0), (byte[])rows.GetValue(5));
            found.Add((rows.GetInt64(0), new DateTimeOffset(rows.GetInt64(3), TimeSpan.Zero), new QuarantinedBytes(rows.GetString(1), rows.GetString(2), raw)));
        }

        return found;
    });

    /// <summary>Completes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        _waiting.Writer.TryComplete();
        await _loop;
        _writer.Dispose();
        lock (_readLock)
        {
            _reader.Dispose();
        }

        _folder.Dispose();
    }

    private static Entry ReadEntry(SqliteDataReader rows, SealOpener opener)
    {
        var position = rows.GetInt64(0);
        return new Entry(
            position,
            (EntryKind)rows.GetInt32(1),
            MeasurementId.FromBytes((byte[])rows.GetValue(2)),
            unchecked((ulong)rows.GetInt64(3)),
            (EntryPriority)rows.GetInt32(4),
            opener.Open(rows.GetInt32(5), position, (byte[])rows.GetValue(6)));
    }

    private void WriteLoop()
    {
        var group = new List<Waiting>(_options.MaximumGroup);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < _options.MaximumGroup && _waiting.Reader.TryRead(out var waiting))
            {
                group.Add(waiting);
            }

            Write(group);
        }
    }

    private void Write(List<Waiting> group)
    {
        try
        {
            var positions = _writer.Write([.. group.Select(waiting => waiting.Write)]);
            Trouble = null;
            Publish(_writer.Head);
            for (var i = 0; i < group.Count; i++)
            {
                group[i].Done.SetResult(positions[i]);
            }
        }
        catch (Exception e) when (group.Count > 1)
        {
            // One bad write must not take its neighbours with it: each by itself.
            _ = e;
            group.ForEach(waiting => Write([waiting]));
        }
        catch (Exception e)
        {
            Trouble = e.Message;
            group[0].Done.SetException(e as IOException ?? new IOException($"{_path}: {e.Message}", e));
        }
    }

    private void Publish(long head)
    {
        if (head == Head)
        {
            return;
        }

        Volatile.Write(ref _head, head);
        Interlocked.Exchange(ref _grown, NewSignal()).SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
