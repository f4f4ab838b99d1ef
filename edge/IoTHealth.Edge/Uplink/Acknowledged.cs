using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Which positions the cloud holds or never will (they are gone, or set aside), kept in the journal's database as merged runs.
/// What is said here is durable. Thread-safe.
/// </summary>
public sealed class Acknowledged : IDisposable
{
    public const string Create = AcknowledgedTable.Create;

    private readonly IJournal _journal;
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _oneChange = new(1);
    private readonly IntervalSet _runs;

    private TaskCompletionSource _takenBack = NewSignal();
    private long _count;

    public Acknowledged(IJournal journal)
    {
        _journal = journal;
        _runs = new IntervalSet(journal.Query(AcknowledgedTable.Load));
        _count = _runs.Count;
    }

    /// <summary>Everything up to here is dealt with.</summary>
    public long Prefix
    {
        get
        {
            lock (_lock)
            {
                return _runs.FirstOrDefault() is { From: 1 } first ? first.To : 0;
            }
        }
    }

    /// <summary>Completes when positions were taken back next. Take it before looking.</summary>
    internal Task TakenBack => Volatile.Read(ref _takenBack).Task;

    /// <summary>Positions of [1, head] that are still to be sent.</summary>
    public long Behind(long head)
    {
        lock (_lock)
        {
            return Math.Max(0, head - _count);
        }
    }

    public bool Contains(long position)
    {
        lock (_lock)
        {
            return _runs.Contains(position);
        }
    }

    /// <summary>The first run of [from, to] that is neither acknowledged nor in <paramref name="taken"/>.</summary>
    public Interval? FirstMissing(long from, long to, IntervalSet taken)
    {
        lock (_lock)
        {
            return _runs.Missing(from, to).SelectMany(run => taken.Missing(run.From, run.To)).Select(run => (Interval?)run).FirstOrDefault();
        }
    }

    /// <summary>Notes that the cloud has these positions, or that they are gone.</summary>
    /// <exception cref="IOException">It could not be made durable; nothing has changed.</exception>
    public Task SettleAsync(IReadOnlyCollection<Interval> runs) => ChangeAsync(
        new JournalWrite
        {
            Rows = (connection, _) =>
            {
                Ledger.Delivered(connection, runs);
                foreach (var run in runs)
                {
                    AcknowledgedTable.Add(connection, run);
                }
            },
        },
        () =>
        {
            foreach (var run in runs)
            {
                _runs.Add(run.From, run.To);
            }
        });

    /// <summary>Takes an entry out of the log into quarantine, for no cloud takes it.</summary>
    public Task SetAsideAsync(long position, string reason) => ChangeAsync(
        new JournalWrite
        {
            SetAside = [new SetAside(position, "uplink", reason)],
            Rows = (connection, _) => AcknowledgedTable.Add(connection, new Interval(position, position)),
        },
        () => _runs.Add(position));

    /// <summary>Lets positions be sent again, in the same transaction with entries that tell of others.</summary>
    public Task TakeBackAsync(IReadOnlyCollection<Interval> runs, IReadOnlyList<NewEntry> entries) => ChangeAsync(
        new JournalWrite
        {
            Entries = entries,
            Rows = (connection, _) =>
            {
                foreach (var run in runs)
                {
                    AcknowledgedTable.Remove(connection, run);
                }
            },
        },
        () =>
        {
            foreach (var run in runs)
            {
                _runs.Remove(run.From, run.To);
            }
        },
        () => Interlocked.Exchange(ref _takenBack, NewSignal()).SetResult());

    public void Dispose() => _oneChange.Dispose();

    // One at a time, so that rows and memory tell the same whatever fails.
    private async Task ChangeAsync(JournalWrite write, Action remember, Action? afterwards = null)
    {
        await _oneChange.WaitAsync();
        try
        {
            await _journal.WriteAsync(write);
            lock (_lock)
            {
                remember();
                _count = _runs.Count;
            }
        }
        finally
        {
            _oneChange.Release();
        }

        afterwards?.Invoke();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
