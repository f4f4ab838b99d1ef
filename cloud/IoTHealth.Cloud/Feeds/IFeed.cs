using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Feeds;

/// <summary>A reading with the resident it belongs to, as a feed gets it.</summary>
/// <param name="Logged">Its entry.</param>
/// <param name="Measurement">The reading.</param>
/// <param name="Resident">Opaque key of the resident.</param>
/// <param name="IsRetry">The receiver did not take it before while it took others: it gets one attempt, and nobody waits for it.</param>
/// <param name="Document">The document, where it is one.</param>
public sealed record FeedItem(LoggedEntry Logged, Measurement Measurement, string Resident, bool IsRetry = false, AttachedDocument? Document = null);

/// <summary>A reading that waits, with the resident it would be told of where one can be named.</summary>
public sealed record WaitingReading(MeasurementId Measurement, string? Resident);

/// <summary>What became of a reading in a feed. Every reading ends in exactly one of them, or is not yet read.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome()
    {
    }

    public sealed record Delivered : FeedOutcome;

    /// <summary>The resident does not consent.</summary>
    public sealed record Withheld : FeedOutcome;

    /// <summary>
    /// It is not known whose it is, tried again when assignments or residents change; or the receiver does not take this
    /// one now, tried again after a while too.
    /// </summary>
    public sealed record Awaiting(string Reason) : FeedOutcome
    {
        public const string UnknownResident = "unknown-resident";

        /// <summary>How the reason begins where the receiver does not take it; what it answers follows.</summary>
        public const string RecordServer = "record-server: ";
    }

    /// <summary>Another version says the same and more, and is told in its place.</summary>
    public sealed record Outdone : FeedOutcome;

    /// <summary>The receiver will never take it as it is.</summary>
    public sealed record Quarantined(string Reason) : FeedOutcome;
}

/// <summary>One receiver of readings. The reader calls it with pages in the order of the log.</summary>
public interface IFeed
{
    /// <summary>Key of the feed in tables and in <c>/status</c>.</summary>
    string Name { get; }

    /// <summary>Whether it tells documents too; one that does not is spared reading them.</summary>
    bool TellsDocuments => false;

    /// <summary>
    /// Delivers a page and answers one outcome for each item, in their order. Does not return before every outcome is
    /// known; a page may come again after a crash, so effects must be idempotent.
    /// </summary>
    Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation);

    /// <summary>What the receiver was told of a device that the assignments known now contradict.</summary>
    Task<IReadOnlyList<Telling>> MisattributedAsync(
        DeviceId device, Func<Telling, bool> contradicts, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Telling>>([]);

    /// <summary>Takes back what was told of waiting readings, unless it was told of the resident they still have. Idempotent.</summary>
    Task WithdrawAsync(IReadOnlyList<WaitingReading> waiting, CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Tries a slice of the take-backs again that have not succeeded; true while this round has more of them.</summary>
    Task<bool> TakeBackAgainAsync(CancellationToken cancellation) => Task.FromResult(false);

    /// <summary>Take-backs that have not succeeded.</summary>
    Task<long> CountNotTakenBackAsync(CancellationToken cancellation) => Task.FromResult(0L);
}
