using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Log;

/// <summary>
/// The cloud's durable log: 64 shards, each with one writer at a time and positions in the order of commit. Every
/// implementation inherits the contract suite in the tests.
/// </summary>
public interface IMeasurementLog : IAsyncDisposable
{
    /// <summary>Makes the caller the shard's writer; every earlier lease is fenced from then on.</summary>
    Task<ShardLease> TakeOverAsync(int shard, CancellationToken cancellation);

    /// <summary>
    /// Appends batches in one transaction, durable on return: entries whose (id, revision) is not known yet, and the
    /// received intervals of each journal, known entries included; and what gap entries tell of the gateway's own journals.
    /// </summary>
    /// <returns>The lease to append with next.</returns>
    /// <exception cref="FencedException">Another writer took the shard over. Nothing was changed.</exception>
    Task<ShardLease> AppendAsync(
        ShardLease lease, IReadOnlyList<EntryBatch> batches, DateTimeOffset received, CancellationToken cancellation);

    /// <summary>Entries after a position, in the order of position, at most <paramref name="limit"/>.</summary>
    Task<IReadOnlyList<LoggedEntry>> ReadAsync(int shard, long after, int limit, CancellationToken cancellation);

    /// <summary>The entries with these ids, in every revision; in no order.</summary>
    Task<IReadOnlyList<LoggedEntry>> FindAsync(IReadOnlyList<MeasurementId> ids, CancellationToken cancellation);

    /// <summary>Every entry of a rare kind (assignments), in the order of receipt.</summary>
    Task<IReadOnlyList<LoggedEntry>> ReadKindAsync(EntryKind kind, CancellationToken cancellation);

    /// <summary>Number of assignment entries; a change tells readers to build their book anew.</summary>
    Task<long> CountAssignmentsAsync(CancellationToken cancellation);

    /// <summary>Last position of each shard that has entries.</summary>
    Task<IReadOnlyDictionary<int, long>> HeadsAsync(CancellationToken cancellation);

    /// <summary>What was received of every journal.</summary>
    Task<IReadOnlyList<JournalState>> JournalsAsync(CancellationToken cancellation);

    /// <summary>The runs of positions received of a journal.</summary>
    Task<IntervalSet> ReceivedAsync(JournalId journal, CancellationToken cancellation);

    /// <summary>The highest position received of each journal of a gateway.</summary>
    Task<IReadOnlyDictionary<Guid, long>> ReceivedUpToAsync(string gateway, CancellationToken cancellation);

    /// <summary>The first runs of positions up to the head that neither came nor are gone, ascending.</summary>
    Task<IReadOnlyList<Interval>> MissingAsync(JournalId journal, int limit, CancellationToken cancellation);

    /// <summary>Notes that a journal reaches at least so far.</summary>
    Task NoteHeadAsync(JournalId journal, long head, CancellationToken cancellation);

    /// <summary>Keeps a message that could not be taken, with its bytes; durable on return.</summary>
    Task QuarantineAsync(RefusedMessage message, CancellationToken cancellation);

    /// <summary>Quarantined messages, newest first.</summary>
    Task<IReadOnlyList<RefusedMessage>> ReadQuarantineAsync(int limit, CancellationToken cancellation);

    /// <summary>The journal GUID of entries the cloud itself writes: made once, then kept.</summary>
    Task<Guid> OwnJournalAsync(CancellationToken cancellation);
}
