using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>A reading with the resident it belongs to, as a feed gets it.</summary>
public sealed record FeedItem(LoggedEntry Logged, Measurement Measurement, string Resident);

/// <summary>What became of a reading in a feed. Every reading ends in exactly one of them, or is not yet read.</summary>
public abstract record FeedOutcome
{
    private FeedOutcome()
    {
    }

    public sealed record Delivered : FeedOutcome;

    /// <summary>The resident does not consent.</summary>
    public sealed record Withheld : FeedOutcome;

    /// <summary>It is not known whose it is; tried again when assignments or residents change.</summary>
    public sealed record Awaiting(string Reason) : FeedOutcome;

    /// <summary>The receiver will never take it as it is.</summary>
    public sealed record Quarantined(string Reason) : FeedOutcome;
}

/// <summary>One receiver of readings. The reader calls it with pages in the order of the log.</summary>
public interface IFeed
{
    /// <summary>Key of the feed in tables and in <c>/status</c>.</summary>
    string Name { get; }

    /// <summary>
    /// Delivers a page and answers one outcome for each item, in their order. Does not return before every outcome is
    /// known; a page may come again after a crash, so effects must be idempotent.
    /// </summary>
    Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation);

    /// <summary>What the receiver was told of a device that the assignments known now contradict.</summary>
    Task<IReadOnlyList<Telling>> MisattributedAsync(
        DeviceId device, Func<Telling, bool> contradicts, CancellationToken cancellation) => Task.FromResult<IReadOnlyList<Telling>>([]);

    /// <summary>Takes back what was told of measurements whose resident is no longer known. Idempotent.</summary>
    Task WithdrawAsync(IReadOnlyList<MeasurementId> measurements, CancellationToken cancellation) => Task.CompletedTask;
}
