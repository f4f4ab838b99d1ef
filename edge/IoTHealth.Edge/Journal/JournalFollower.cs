using IoTHealth.Measurements;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// A reader of the log: read after my cursor, hand over, store my cursor. A batch is handed over again until it is taken;
/// a failure waits a bounded time with jitter and never gives up.
/// </summary>
public abstract partial class JournalFollower(string name, IJournal journal, TimeProvider time, ILogger logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private const int BatchEntries = 5_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    private IReadOnlyList<Interval> _missed = [];
    private bool _mayHaveSkipped = true;

    /// <summary>The <see cref="State"/> in which nothing is wrong.</summary>
    public const string Following = "following";

    /// <summary>Name of the reader and of its cursor.</summary>
    public string Name { get; } = name;

    /// <summary>Last position it has dealt with.</summary>
    public long Position { get; private set; } = journal.Query(connection => JournalTables.GetCursor(connection, name));

    /// <summary>What it is doing, for people: <c>following</c>, or why it waits.</summary>
    public string State { get; private set; } = Following;

    protected IJournal Journal => journal;

    protected TimeProvider Time => time;

    /// <summary>
    /// Deals with entries and stores the cursor at the last of them, best in one transaction (see <see cref="StoreCursor"/>).
    /// </summary>
    protected abstract Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation);

    /// <summary>Moves the cursor in a write's own transaction, and notes there what had gone before this reader came to it.</summary>
    protected void StoreCursor(Microsoft.Data.Sqlite.SqliteConnection connection, long position)
    {
        JournalTables.SetCursor(connection, Name, position);
        SkippedRows.Note(connection, Name, _missed);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await journal.WaitBeyondAsync(Position, stoppingToken);
                var entries = journal.Read(Position + 1, long.MaxValue, BatchEntries, BatchBytes);
                if (entries.Count > 0)
                {
                    _missed = SkippedRows.Between(Position, entries);
                    await HandAsync(entries, stoppingToken);
                    Position = entries[^1].Position;
                }

                await TellSkippedAsync();

                State = Following;
                failures = 0;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (State != e.Message)
                {
                    State = e.Message;
                    LogWaiting(logger, Name, e.Message);
                }

                await Backoff.WaitAsync(Backoff.Of(failures++, FirstPause, LongestPause), time, stoppingToken);
            }
        }
    }

    // What was skipped is told by a gap entry that names this reader, exactly once: it stands in the table until the entry is written.
    private async Task TellSkippedAsync()
    {
        while (_mayHaveSkipped || _missed.Count > 0)
        {
            _missed = [];
            var skipped = journal.Query(connection => SkippedRows.Load(connection, Name));
            _mayHaveSkipped = skipped.Count > 0;
            if (_mayHaveSkipped)
            {
                LogSkipped(logger, Name, skipped.Sum(run => run.Count));
                await journal.WriteAsync(new JournalWrite
                {
                    Entries = [.. SkippedRows.Gaps(Name, skipped, journal.Generations)],
                    Rows = (connection, _) => SkippedRows.Forget(connection, Name, skipped),
                });
            }
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Reader} fell behind: {Count} entries had gone before it came to them; a gap says so")]
    private static partial void LogSkipped(ILogger logger, string reader, long count);

    [LoggerMessage(LogLevel.Warning, "{Reader} waits and will try again: {Reason}")]
    private static partial void LogWaiting(ILogger logger, string reader, string reason);
}
