using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Follows the log for one feed: read after the cursor, attribute, deliver, store the cursor. Readings that nobody can be
/// named for are put aside in a table and tried again, a slice at each step, when assignments or residents change; what the
/// receiver did not take while it took others, and what it did not take back, also after a while.
/// </summary>
public sealed partial class FeedReader(
    IFeed feed, IMeasurementLog log, FeedStore store, ResidentDirectory residents, CommitSignal signal, TimeProvider time,
    ILogger<FeedReader> logger)
{
    private const int PageEntries = 400;

    /// <summary>Each of them may cost a request of its own.</summary>
    private const int StuckEntries = 50;

    /// <summary>A document counts as so many of them: it may have megabytes.</summary>
    private const int DocumentWeight = 10;

    /// <summary>Commits of other silos raise no signal here.</summary>
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(5);

    private readonly Attributor _attributor = new(log);
    private readonly ReadingSource _source = new(log);
    private readonly FullerVersions _versions = new(log);
    private (long Assignments, long Residents) _retriedFor = (-1, -1);
    private Round? _round;
    private bool _isTakingBack;
    private long _lastRound;

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

    /// <summary>Handles one page and a slice of what waits, if it is time for it; false when there was nothing to do.</summary>
    public async Task<bool> StepAsync(CancellationToken cancellation)
    {
        await BeginRoundAsync(cancellation);
        if (_round is { } round)
        {
            _round = await RetrySliceAsync(round, cancellation);
        }

        if (_isTakingBack)
        {
            _isTakingBack = await feed.TakeBackAgainAsync(cancellation);
        }

        var (entries, cursors) = await NextPageAsync(cancellation);
        if (cursors.Count > 0)
        {
            var results = await HandleAsync(entries.Select(entry => (entry, false)), cancellation);
            await store.CommitAsync(feed.Name, new FeedPage(results, cursors), cancellation);
        }

        return cursors.Count > 0 || _round is not null || _isTakingBack;
    }

    /// <summary>Take-backs that have not succeeded.</summary>
    public Task<long> CountNotTakenBackAsync(CancellationToken cancellation) => feed.CountNotTakenBackAsync(cancellation);

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
        var heads = await log.HeadsAsync(cancellation);
        var behind = heads.Select(head => (Shard: head.Key, Count: head.Value - passed.GetValueOrDefault(head.Key)))
            .Where(shard => shard.Count > 0).OrderBy(shard => shard.Count).ToList();
        var (entries, cursors) = (new List<LoggedEntry>(), new Dictionary<int, long>());
        for (var i = 0; i < behind.Count; i++)
        {
            // Shares are equal, and what the shards with little work leave of theirs is the others'.
            var (shard, share) = (behind[i].Shard, (PageEntries - entries.Count) / (behind.Count - i));
            var after = passed.GetValueOrDefault(shard);
            var read = await log.ReadAsync(shard, after, share, cancellation);
            cursors[shard] = read.Count > 0 ? read[^1].Position : after;
            entries.AddRange(read);
        }

        return (entries, cursors);
    }

    private async Task<List<FeedResult>> HandleAsync(
        IEnumerable<(LoggedEntry Logged, bool IsRetry)> entries, CancellationToken cancellation)
    {
        var results = new List<FeedResult>();
        var readings = new List<(LoggedEntry Logged, LoggedReading Reading, bool IsRetry)>();
        foreach (var (logged, isRetry) in entries.Where(one => one.Logged.Entry.Kind != EntryKind.DocumentPart || feed.TellsDocuments))
        {
            var (reading, mistake) = await _source.ReadAsync(logged, cancellation);
            if (reading is not null)
            {
                readings.Add((logged, reading, isRetry));
            }
            else if (mistake.Length > 0)
            {
                results.Add(new FeedResult(logged, null, new FeedOutcome.Quarantined(mistake)));
            }
        }

        var outdone = await _versions.OutdoneAsync([.. readings.Select(one => (one.Logged, one.Reading.Measurement))], cancellation);
        var items = new List<FeedItem>();
        foreach (var (logged, reading, isRetry) in readings)
        {
            if (outdone.Contains(logged))
            {
                results.Add(new FeedResult(logged, reading.Measurement, new FeedOutcome.Outdone()));
            }
            else if (_attributor.Resolve(
                         reading.Measurement.Device, reading.Measurement.Time.Instant, UserSlot.Of(reading.Measurement), out var reason) is { } resident)
            {
                items.Add(new FeedItem(logged, reading.Measurement, resident, isRetry, reading.Document));
            }
            else
            {
                results.Add(new FeedResult(logged, reading.Measurement, new FeedOutcome.Awaiting(reason)));
            }
        }

        if (items.Count > 0)
        {
            var outcomes = await feed.DeliverAsync(items, cancellation);
            results.AddRange(items.Zip(outcomes, (item, outcome) => new FeedResult(item.Logged, item.Measurement, outcome, item.Resident)));
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
            var wrong = await feed.MisattributedAsync(device, telling => _attributor.MayContradict(device, telling), cancellation);
            foreach (var telling in wrong)
            {
                if (await log.ReadAsync(telling.Shard, telling.Position - 1, 1, cancellation) is [var logged]
                    && (await _source.ReadAsync(logged, cancellation)).Reading is { } reading
                    && _attributor.Contradicts(device, telling, UserSlot.Of(reading.Measurement)))
                {
                    results.Add(new FeedResult(logged, reading.Measurement, new FeedOutcome.Awaiting("corrected")));
                }
            }
        }

        if (results.Count > 0)
        {
            LogCorrecting(logger, feed.Name, results.Count, unrevised.Count);
        }

        if (unrevised.Count > 0)
        {
            await store.ReviseAsync(feed.Name, unrevised, results, cancellation);
        }
    }

    /// <summary>A change begins a round over all that waits, from the first; time alone one over what the receiver did not take.</summary>
    private async Task BeginRoundAsync(CancellationToken cancellation)
    {
        var known = (await _attributor.RefreshAsync(cancellation), residents.Version);
        if (known != _retriedFor)
        {
            await ReviseAsync(cancellation);
            (_round, _retriedFor) = (new Round(""), known);
        }
        else if (time.GetElapsedTime(_lastRound) >= RetryInterval)
        {
            _round ??= new Round(FeedOutcome.Awaiting.RecordServer);
        }
        else
        {
            return;
        }

        (_isTakingBack, _lastRound) = (true, time.GetTimestamp());
    }

    /// <returns>Where the round goes on, or null when it is through.</returns>
    private async Task<Round?> RetrySliceAsync(Round round, CancellationToken cancellation)
    {
        var limit = round.Reason.Length > 0 ? StuckEntries : PageEntries;
        var waiting = await store.AwaitingAsync(feed.Name, round.Reason, (round.Shard, round.Position), limit, cancellation);
        var slice = UpToStuckLimit(waiting.Where(IsWorthTrying), waiting.Count > 0 ? waiting[^1] : null, out var last);
        if (slice.Count > 0)
        {
            await RetryAsync(slice, cancellation);
        }

        return last is null ? null : round with { Shard = last.Shard, Position = last.Position };
    }

    private async Task RetryAsync(List<AwaitingReading> waiting, CancellationToken cancellation)
    {
        var entries = new List<(LoggedEntry, bool)>();
        foreach (var reading in waiting)
        {
            var read = await log.ReadAsync(reading.Shard, reading.Position - 1, 1, cancellation);
            entries.AddRange(read.Select(logged => (logged, IsStuck(reading))));
        }

        var results = await HandleAsync(entries, cancellation);
        var waits = results.Where(result => result.Outcome is FeedOutcome.Awaiting);
        await feed.WithdrawAsync([.. waits.Select(result => new WaitingReading(result.Measurement!.Id, result.Resident))], cancellation);
        await store.CommitAsync(feed.Name, new FeedPage(results, new Dictionary<int, long>()), cancellation);
    }

    /// <summary>Cuts a slice where it holds enough of what may cost a request each.</summary>
    private static List<AwaitingReading> UpToStuckLimit(IEnumerable<AwaitingReading> waiting, AwaitingReading? end, out AwaitingReading? last)
    {
        var (slice, stuck) = (new List<AwaitingReading>(), 0);
        foreach (var reading in waiting)
        {
            slice.Add(reading);
            stuck += reading.Kind == ReadingSource.DocumentKind ? DocumentWeight : IsStuck(reading) ? 1 : 0;
            if (stuck >= StuckEntries)
            {
                last = reading;
                return slice;
            }
        }

        last = end;
        return slice;
    }

    private static bool IsStuck(AwaitingReading reading) =>
        reading.Reason.StartsWith(FeedOutcome.Awaiting.RecordServer, StringComparison.Ordinal);

    private bool IsWorthTrying(AwaitingReading reading) =>
        _attributor.Resolve(reading.Device, reading.Instant, Attributor.SlotOf(reading.Reason), out var reason) is not null || reason != reading.Reason;

    /// <summary>A round over waiting readings whose reason begins so, and how far it is.</summary>
    private sealed record Round(string Reason, int Shard = -1, long Position = 0);

    [LoggerMessage(LogLevel.Warning, "The feed {Feed} takes back {Count} readings told of the wrong resident, after {Assignments} new assignment entries")]
    private static partial void LogCorrecting(ILogger logger, string feed, int count, int assignments);

    [LoggerMessage(LogLevel.Error, "The feed {Feed} could not go on and tries again: {Reason}")]
    private static partial void LogFailed(ILogger logger, string feed, string reason);
}
