using System.Collections.Concurrent;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The journal's writer thread: takes whatever waits, writes it in one transaction and completes its callers after the commit
/// (group commit); between groups it keeps the file within its bounds. Where the disk fails it opens the file again until it can
/// be written, and refuses what comes meanwhile.
/// </summary>
internal sealed partial class JournalLoop : IAsyncDisposable
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>A write that takes longer counts as not stored for whoever must not wait.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly JournalOptions _options;
    private readonly Func<bool, bool, JournalSession> _open;
    private readonly TimeProvider _time;
    private readonly ConcurrentQueue<Waiting> _waiting = new();
    private readonly AutoResetEvent _wake = new(false);
    private readonly SpaceKeeper _space;
    private readonly ITimer _beat;
    private readonly Task _loop;

    private volatile JournalSession? _session;
    private volatile JournalState _state;
    private volatile string? _broken;
    private volatile string? _failure;
    private TaskCompletionSource _grown = NewSignal();
    private volatile IReadOnlyList<Waiting> _underWay = [];
    private volatile bool _closing;
    private volatile bool _isSuspect;
    private int _awake;
    private int _beating;
    private int _closed;

    /// <param name="options">Bounds.</param>
    /// <param name="open">Opens the file: whether damage was found, and whether it is opened again after an error of the disk.</param>
    /// <param name="time">Clock.</param>
    /// <exception cref="IOException">The file or its key cannot be used.</exception>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public JournalLoop(JournalOptions options, Func<bool, bool, JournalSession> open, TimeProvider time)
    {
        (_options, _open, _time) = (options, open, time);
        _session = open(false, false);
        _state = StateOf(_session);
        _space = new SpaceKeeper(options, time);
        _loop = Task.Factory.StartNew(Run, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _beat = time.CreateTimer(_ => Beaten(), null, Beat, Beat);
    }

    /// <summary>Told, on some thread, of the entries of a write that is not stored soon.</summary>
    public event Action<IReadOnlyList<NewEntry>>? Late;

    public JournalState State => _state;

    /// <summary>Why readings cannot be kept; null while they can.</summary>
    public string? Trouble => _broken ?? _space.Trouble ?? _failure;

    /// <exception cref="IOException">Nothing of it is stored.</exception>
    public Task<IReadOnlyList<long>> WriteAsync(JournalWrite write)
    {
        var done = NewDone<IReadOnlyList<long>>();
        return Queue(new Waiting(write, null, done.SetResult, done.SetException), done.Task);
    }

    /// <summary>Does something in a transaction of its own.</summary>
    /// <exception cref="IOException">Nothing of it is stored.</exception>
    public Task<T> TransactAsync<T>(Func<JournalRows, T> work)
    {
        var done = NewDone<T>();
        T result = default!;
        return Queue(
            new Waiting(null, writer => result = writer.Transact(work), _ => done.SetResult(result), done.SetException), done.Task);
    }

    /// <summary>See <see cref="IJournal.ProveAsync"/>.</summary>
    public Task ProveAsync(long cloudHolds)
    {
        var done = NewDone<bool>();
        void Prove(JournalWriter writer)
        {
            if (GenerationTable.Unproven(writer.Connection) is not { } opened)
            {
                return;
            }

            var held = cloudHolds == 0 ? 0 : writer.Generations[^1].InJournal(cloudHolds);
            writer.Transact(rows =>
            {
                if (held > opened)
                {
                    var reason = $"the cloud holds position {held}, this file was opened at {opened}: it is an older copy";
                    LogBeginsAnew(_options.Log, opened, reason);
                    rows.BeginAnew(opened, reason);
                }

                GenerationTable.Prove(writer.Connection);
                return true;
            });
        }

        return Queue(new Waiting(null, Prove, _ => done.SetResult(true), done.SetException), done.Task);
    }

    /// <summary>Takes a damaged entry out of the readers' way, as soon as that can be written.</summary>
    public void SetAsideDamaged(long position) => Enqueue(new Waiting(
        null,
        writer =>
        {
            if (writer.Transact(rows => rows.SetAsideDamaged(position)))
            {
                LogDamaged(_options.Log, position);
            }
        },
        _ => { }, _ => { }));

    /// <exception cref="IOException">The file is not open at the moment, or cannot be read.</exception>
    public T Read<T>(Func<SqliteConnection, JournalKeys, T> query)
    {
        var session = _session ?? throw new IOException($"the journal is not open: {_broken}");
        try
        {
            return session.Readers.Use(connection => query(connection, session.Keys));
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            Enqueue(new Waiting(null, _ => throw e, _ => { }, _ => { }));
            throw;
        }
    }

    /// <summary>As <see cref="IJournal.Read"/>, of what was committed last; null where that has gone, or the file is not open.</summary>
    public IReadOnlyList<Entry>? Recent(long from, long to, int maximum, int maximumBytes) =>
        _session?.Writer.Recent.Read(from, to, maximum, maximumBytes);

    public async Task WaitBeyondAsync(long position, CancellationToken cancellation)
    {
        while (true)
        {
            var grown = Volatile.Read(ref _grown).Task;
            if (State.Head > position)
            {
                return;
            }

            await grown.WaitAsync(cancellation);
        }
    }

    /// <summary>Completes what waits, then closes.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _closed, 1) != 0)
        {
            await _loop;
            return;
        }

        await _beat.DisposeAsync();
        _closing = true;
        _wake.Set();
        await _loop;
        _session?.Close();
        _session = null;
        _broken = "it is closed";
        _wake.Dispose();
    }

    private static TaskCompletionSource<T> NewDone<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static JournalState StateOf(JournalSession session) => new(session.Writer.Head, [.. session.Writer.Generations]);

    private Task<T> Queue<T>(Waiting waiting, Task<T> done)
    {
        waiting.Since = _time.GetTimestamp();
        return Enqueue(waiting) ? done : Task.FromException<T>(new IOException("the journal is closed"));
    }

    private bool Enqueue(Waiting waiting)
    {
        if (_closing)
        {
            return false;
        }

        _waiting.Enqueue(waiting);
        if (_loop is { IsCompleted: true })
        {
            // Closed in between: nobody takes it any more.
            return false;
        }

        Wake();
        return true;
    }

    private void Wake()
    {
        if (Interlocked.Exchange(ref _awake, 1) == 0)
        {
            try
            {
                _wake.Set();
            }
            catch (ObjectDisposedException)
            {
                // Closed in between.
            }
        }
    }

    // At most one beat waits.
    private void Beaten()
    {
        if (Interlocked.Exchange(ref _beating, 1) == 0)
        {
            Enqueue(new Waiting(null, _ => Volatile.Write(ref _beating, 0), _ => { }, _ => Volatile.Write(ref _beating, 0)));
        }

        if (Late is { } late)
        {
            foreach (var waiting in _underWay.Concat(_waiting).Where(waiting => waiting.Write is not null && _time.GetElapsedTime(waiting.Since) > Soon))
            {
                if (Interlocked.Exchange(ref waiting.Told, 1) == 0)
                {
                    late(waiting.Write!.Entries);
                }
            }
        }
    }

    private void Publish()
    {
        var state = StateOf(_session!);
        var hasGrown = state.Head != _state.Head;
        _state = state;
        if (hasGrown)
        {
            Interlocked.Exchange(ref _grown, NewSignal()).SetResult();
        }
    }

    /// <param name="Write">What a caller wants written; null for work of the journal's own.</param>
    /// <param name="Work">What else is to be done on the writer's thread.</param>
    /// <param name="Done">Told once it is durable.</param>
    /// <param name="Failed">Told when nothing of it is.</param>
    private sealed record Waiting(JournalWrite? Write, Action<JournalWriter>? Work, Action<IReadOnlyList<long>> Done, Action<Exception> Failed)
    {
        /// <summary>1 once it was said that it is late.</summary>
        public int Told;

        /// <summary>Since when it waits, on the monotonic clock.</summary>
        public long Since { get; set; }
    }

    [LoggerMessage(LogLevel.Error, "The journal begins anew after position {After}: {Reason}")]
    private static partial void LogBeginsAnew(ILogger logger, long after, string reason);

    [LoggerMessage(LogLevel.Error, "The entry at position {Position} was changed on disk; it is set aside in quarantine, and a gap says so")]
    private static partial void LogDamaged(ILogger logger, long position);
}
