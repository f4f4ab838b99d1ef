using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Ledger;

/// <summary>Reads the log for the ledger: another reader with a cursor of its own, so that no reading waits for the counting.</summary>
public sealed partial class LedgerReader(
    IMeasurementLog log, FeedStore feeds, LedgerStore ledger, CommitSignal signal, TimeZoneInfo zone, TimeProvider time, ILogger<LedgerReader> logger)
{
    private const int PageEntries = 500;

    /// <summary>Runs of a gap that are looked at; a gateway puts about 1,000 into one.</summary>
    private const int RunsMaximum = 10_000;

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(5);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (true)
        {
            var next = signal.Next;
            try
            {
                while (await StepAsync(cancellation))
                {
                }

                backoff.Reset();
                await next.WaitAsync(LookInterval, time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                cancellation.ThrowIfCancellationRequested();
            }
            catch (Exception e) when (e is not OperationCanceledException || !cancellation.IsCancellationRequested)
            {
                LogFailed(logger, e.Message);
                await backoff.WaitAsync(cancellation);
            }
        }
    }

    /// <summary>Notes one page of each shard that has more; false when there was nothing to note.</summary>
    internal async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var passed = await feeds.CursorsAsync(LedgerStore.Reader, cancellation);
        var behind = (await log.HeadsAsync(cancellation)).Where(head => head.Value > passed.GetValueOrDefault(head.Key)).Select(head => head.Key).ToList();
        var isNoted = false;
        foreach (var shard in behind)
        {
            var entries = await log.ReadAsync(shard, passed.GetValueOrDefault(shard), PageEntries, cancellation);
            if (entries.Count > 0)
            {
                var cursor = new Dictionary<int, long> { [shard] = entries[^1].Position };
                await ledger.CommitAsync([.. entries.Select(Note).OfType<LedgerNote>()], cursor, cancellation);
                isNoted = true;
            }
        }

        return isNoted;
    }

    private LedgerNote? Note(LoggedEntry logged)
    {
        switch (logged.Entry.Kind)
        {
            case EntryKind.Measurement when WireForm.TryDecodeMeasurement(logged.Entry.Payload, out var measurement, out _):
                var received = TimeZoneInfo.ConvertTime(measurement.Time.Received, zone);
                return new LedgerNote(
                    logged, new CountedMeasurement(measurement.Id, measurement.Device.Value, DateOnly.FromDateTime(received.DateTime)), null);
            case EntryKind.Gap when WireForm.TryDecodeGap(logged.Entry.Payload, out var gap, out _)
                && gap.Reader == GapNotes.Journal && gap.Runs.Count <= RunsMaximum:
                return new LedgerNote(logged, null, gap);
            default:
                return null;
        }
    }

    [LoggerMessage(LogLevel.Error, "The ledger could not go on and tries again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string reason);
}
