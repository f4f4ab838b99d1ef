using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Tests;

/// <summary>The real journal with faults that can be switched on.</summary>
internal sealed class FaultyJournal(IJournal real) : IJournal
{
    public bool FailsQueries { get; set; }

    public bool FailsWrites { get; set; }

    /// <summary>What it was last asked to write.</summary>
    public JournalWrite? LastWrite { get; private set; }

    public IReadOnlyList<JournalGeneration> Generations => real.Generations;

    public JournalId Id => real.Id;

    public long Head => real.Head;

    public Task BeginAnewAsync(long after, string reason) => real.BeginAnewAsync(after, reason);

    public ValueTask<IReadOnlyList<long>> WriteAsync(JournalWrite write, CancellationToken waiting = default)
    {
        LastWrite = write;
        return FailsWrites ? throw new IOException("the disk is full") : real.WriteAsync(write, waiting);
    }

    public Task ProveAsync(long cloudHolds) => real.ProveAsync(cloudHolds);

    public IReadOnlyList<Entry> Read(long from, long to, int maximum, int maximumBytes) => real.Read(from, to, maximum, maximumBytes);

    public Task WaitBeyondAsync(long position, CancellationToken cancellation) => real.WaitBeyondAsync(position, cancellation);

    public T Query<T>(Func<SqliteConnection, T> query) => FailsQueries ? throw new SqliteException("disk I/O error", 10) : real.Query(query);
}
