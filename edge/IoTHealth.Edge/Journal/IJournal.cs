using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>The edge's log: sources append, readers follow.</summary>
public interface IJournal
{
    /// <summary>The gateway, and the GUID of the newest generation.</summary>
    JournalId Id { get; }

    /// <summary>Every generation, in the order in which they began; at least one. A position belongs to the last whose base lies below it.</summary>
    IReadOnlyList<JournalGeneration> Generations { get; }

    /// <summary>Gives everything after a position to a new generation, because what was told of those positions before cannot be trusted.</summary>
    /// <param name="after">The last position that stays where it is.</param>
    /// <param name="reason">Why, for people; it is told and kept.</param>
    Task BeginAnewAsync(long after, string reason);

    /// <summary>
    /// Called on each connection before anything is sent: proves that this file is no old copy, or begins a new generation, after which
    /// <see cref="Id"/> is another.
    /// </summary>
    /// <param name="cloudHolds">Highest position on the wire of the newest generation that the cloud says it holds; 0 for none.</param>
    Task ProveAsync(long cloudHolds);

    /// <summary>Last durable position; 0 while it is empty.</summary>
    long Head { get; }

    /// <summary>Writes in the next group commit; completes once it is durable. Takes its place before the first await.</summary>
    /// <param name="write">What to write.</param>
    /// <param name="waiting">Ends the wait for room in the queue; once it is in the queue a write is not cancelled.</param>
    /// <returns>The positions given, 0 for an entry whose id and revision were there already.</returns>
    /// <exception cref="IOException">The transaction failed or the journal is closed: nothing of this write is stored.</exception>
    ValueTask<IReadOnlyList<long>> WriteAsync(JournalWrite write, CancellationToken waiting = default);

    /// <summary>
    /// Entries of [from, to], ascending, at most <paramref name="maximum"/> and about <paramref name="maximumBytes"/> of payload; at least one
    /// where there is one. Positions in between that it does not return are gone; the journal has told them.
    /// </summary>
    /// <exception cref="IOException">The first was changed on disk and is being set aside, or the file cannot be read: try again.</exception>
    IReadOnlyList<Entry> Read(long from, long to, int maximum, int maximumBytes);

    /// <summary>Completes once the head is beyond a position.</summary>
    Task WaitBeyondAsync(long position, CancellationToken cancellation);

    /// <summary>Reads a reader's own rows, on a connection that cannot write.</summary>
    T Query<T>(Func<SqliteConnection, T> query);
}
