using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Follows the log for one feed: read after the cursor, attribute, deliver, store the cursor. Readings that nobody can be
/// named for are put aside in a table and tried again when assignments or residents change.
/// </summary>
public sealed partial class FeedReader(
    IFeed feed, IMeasurementLog log, FeedStore store, ResidentDirectory residents, CommitSignal signal, TimeProvider time,
    ILogger<FeedReader> logger)
{
    private const int PageEntries = 400;

    /// <summary>Commits of other silos raise no signal here.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private readonly Attributor _attributor = new(log);
    private (long Assignments, long Residents) _retriedFor = (-1, -1);

    public string Name => feed.Name;

    /// <summary>Runs until cancelled. An error of the log or store is reported and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellation)
    {
        var backoff = new Backoff(time);
        while (!cancellation.IsCancellationRequested)
        {
            var woken = signal.Next;
            try
            {
                while (await StepAsync(cancellation))
                {
                }

                backoff.Reset();
                await Task.WhenAny(woken, Task.Delay(LookInterval, time, cancellation));
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                LogFailed(logger, feed.Name, e.Message);
                await backoff.WaitAsync(cancellation);
            }
        }
    }

    /// <summary>Handles one page and what waits, if anything changed for it; false when there was nothing to do.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        var known = (await _attributor.RefreshAsync(cancellation), residents.Version);
        if (known != _retriedFor)
        {
            await ReviseAsync(cancellation);
            await RetryWaitingAsync(cancellation);
            _retriedFor = known;
        }

        var (entries, cursors) = await NextPageAsync(cancellation);
        if (cursors.Count == 0)
        {
            return false;
        }

        await store.CommitAsync(feed.Name, new FeedPage(await HandleAsync(entries, cancellation), cursors), cancellation);
        return true;
    }

    /// <summary>Entries of the log the feed has not passed yet.</summary>
    public async Task<long> BehindAsync(CancellationToken cancellation)
    {
        var cursors = await store.CursorsAsync(feed.Name, cancellation);
        var heads = await log.HeadsAsync(cancellation);
        return heads.Sum(head => head.Value - cursors.GetValueOrDefault(head.Key));
    }

    private async Task<(List<LoggedEntry> Entries, Dictionary<int, long> Cursors)> NextPageAsync(CancellationToken cancellation)
    {
        var passed = await store.CursorsAsync(feed.Name, cancellation);
        var (entries, cursors) = (new List<LoggedEntry>(), new Dictionary<int, long>());
        foreach (var (shard, head) in await log.HeadsAsync(cancellation))
        {
            var after = passed.GetValueOrDefault(shard);
            if (head > after && entries.Count < PageEntries)
            {
                var read = await log.ReadAsync(shard, after, PageEntries - entries.Count, cancellation);
                cursors[shard] = read.Count > 0 ? read[^1].Position : after;
                entries.AddRange(read);
            }
        }

        return (entries, cursors);
    }

    private async Task<List<FeedResult>> HandleAsync(IEnumerable<LoggedEntry> entries, CancellationToken cancellation)
    {
        var results = new List<FeedResult>();
        var items = new List<FeedItem>();
        foreach (var logged in entries.Where(logged => logged.Entry.Kind == EntryKind.Measurement))
        {
            if (!WireForm.TryDecodeMeasurement(logged.Entry.Payload, out var measurement, out var reason))
            {
                results.Add(new FeedResult(logged, null, new FeedOutcome.Quarantined(reason)));
            }
            else if (_attributor.Resolve(measurement.Device, measurement.Time.Instant, out reason) is { } resident)
            {
                items.Add(new FeedItem(logged, measurement, resident));
            }
            else
            {
                results.Add(new FeedResult(logged, measurement, new FeedOutcome.Awaiting(reason)));
            }
        }

        if (items.Count > 0)
        {
            var outcomes = await feed.DeliverAsync(items, cancellation);
            results.AddRange(items.Zip(outcomes, (item, outcome) => new FeedResult(item.Logged, item.Measurement, outcome)));
        }

        return results;
    }

    /// <summary>New assignments may say that readings delivered before are another resident's, or nobody's.</summary>
    private async Task ReviseAsync(CancellationToken cancellation)
    {
        var unrevised = await store.UnrevisedAsync(feed.Name, _attributor.Devices, cancellation);
        var results = new List<FeedResult>();
        foreach (var device in unrevised.Select(assignment => assignment.Device).Distinct())
        {
            var wrong = await feed.MisattributedAsync(device, telling => _attributor.Contradicts(device, telling), cancellation);
            foreach (var telling in wrong)
            {
                var logged = (await log.ReadAsync(telling.Shard, telling.Position - 1, 1, cancellation)).Single();
                if (WireForm.TryDecodeMeasurement(logged.Entry.Payload, out var measurement, out _))
                {
                    results.Add(new FeedResult(logged, measurement, new FeedOutcome.Awaiting("corrected")));
                }
            }
        }

        if (unrevised.Count > 0)
        {
            await store.ReviseAsync(feed.Name, unrevised, results, cancellation);
        }
    }

    private async Task RetryWaitingAsync(CancellationToken cancellation)
    {
        var after = (Shard: -1, Position: 0L);
        while (await store.AwaitingAsync(feed.Name, after, PageEntries, cancellation) is { Count: > 0 } waiting)
        {
            after = (waiting[^1].Shard, waiting[^1].Position);
            var entries = new List<LoggedEntry>();
            foreach (var reading in waiting.Where(IsWorthTrying))
            {
                entries.AddRange(await log.ReadAsync(reading.Shard, reading.Position - 1, 1, cancellation));
            }

            if (entries.Count > 0)
            {
                var results = await HandleAsync(entries, cancellation);
                var unknown = results.Where(result => result.Outcome is FeedOutcome.Awaiting).Select(result => result.Measurement!.Id);
                await feed.WithdrawAsync([.. unknown], cancellation);
                await store.CommitAsync(feed.Name, new FeedPage(results, new Dictionary<int, long>()), cancellation);
            }
        }
    }

    private bool IsWorthTrying(AwaitingReading reading) =>
        _attributor.Resolve(reading.Device, reading.Instant, out var reason) is not null || reason != reading.Reason;

    [LoggerMessage(LogLevel.Error, "The feed {Feed} could not go on and tries again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string feed, string reason);
}
