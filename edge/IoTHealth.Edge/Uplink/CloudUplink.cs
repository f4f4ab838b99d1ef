using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Forwards the journal to the cloud and keeps the acknowledged intervals. What is new is sent before what was left behind
/// by an outage, and after each of those one older batch, so that the backlog still finishes. Delivery is at least once;
/// the cloud folds repeats by id.
/// </summary>
public sealed partial class CloudUplink(
    IJournal journal, IUplinkTransport transport, TimeProvider time, ILogger<CloudUplink> logger, CloudDesk? desk = null)
    : BackgroundService
{
    private const int BatchEntries = 4_000;
    private const int BatchBytes = 1024 * 1024;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Acknowledged _acknowledged = new(journal);

    private readonly LinePace _pace = new();

    private long _liveFrom = 1;
    private int _failures;
    private bool _backlogsTurn;

    /// <summary>Everything up to here is with the cloud.</summary>
    public long Position => _acknowledged.Prefix;

    /// <summary>Entries the cloud does not hold yet.</summary>
    public long Behind => _acknowledged.Behind(journal.Head);

    /// <summary><c>connected</c>, or why not.</summary>
    public string State { get; private set; } = "starting";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (; !stoppingToken.IsCancellationRequested; _failures++)
        {
            try
            {
                await transport.ConnectAsync(stoppingToken);
                await (desk?.GreetAsync(stoppingToken) ?? Task.CompletedTask);
                State = "connected";
                LogConnected(logger, Behind);
                await ServeSessionAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (Exception e)
            {
                _pace.Failed(e);
                Report(e.Message);
            }

            await DisconnectAsync();
            await Backoff.WaitAsync(Backoff.Of(_failures, FirstPause, LongestPause), time, stoppingToken);
        }

        await DisconnectAsync();
    }

    private async Task ServeSessionAsync(CancellationToken cancellation)
    {
        using var session = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var sending = SendAsync(session.Token);
        var serving = desk?.ServeAsync(session.Token) ?? sending;
        try
        {
            await await Task.WhenAny(sending, serving);
        }
        finally
        {
            await session.CancelAsync();
            await Task.WhenAll(sending, serving).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    // One loop owns the intervals; sends run beside it and report back by completing.
    private async Task SendAsync(CancellationToken cancellation)
    {
        _liveFrom = journal.Head + 1;
        var underWay = new Dictionary<Task, PackedBatch>();
        var taken = new IntervalSet();
        while (!cancellation.IsCancellationRequested)
        {
            var head = journal.Head;
            while (underWay.Count < _pace.UnderWay && Next(head, taken) is { } batch)
            {
                underWay.Add(SendOneAsync(batch, cancellation), batch);
            }

            Task[] waits = underWay.Count < _pace.UnderWay
                ? [.. underWay.Keys, journal.WaitBeyondAsync(head, cancellation)]
                : [.. underWay.Keys];
            var done = await Task.WhenAny(waits);
            if (underWay.Remove(done, out var sent))
            {
                await done;
                _failures = 0;
                _pace.Succeeded();
                await StoreAsync(sent);
                taken = new IntervalSet(underWay.Values.SelectMany(b => b.Batch.Entries).Select(e => new Interval(e.Position, e.Position)));
            }
        }
    }

    // A task of its own for each send: a transport may well return one and the same completed task twice.
    private async Task<PackedBatch> SendOneAsync(PackedBatch batch, CancellationToken cancellation)
    {
        if (batch.Body.Length > BatchPacker.BodyBytesMaximum)
        {
            await SetAsideAsync(batch);
        }
        else
        {
            await transport.SendAsync(batch, cancellation);
        }

        return batch;
    }

    // No hub will ever take it, and behind it all others would wait for ever. The cloud goes on knowing that it is missing.
    private async Task SetAsideAsync(PackedBatch batch)
    {
        var entry = batch.Batch.Entries[0];
        var reason = $"the entry at {entry.Position} has {batch.Body.Length} bytes, more than a message to the cloud holds";
        LogSetAside(logger, reason);
        await journal.WriteAsync(new JournalWrite { Quarantine = [new QuarantinedBytes("uplink", reason, entry.Payload)] });
    }

    private PackedBatch? Next(long head, IntervalSet taken)
    {
        var live = _liveFrom <= head ? _acknowledged.FirstMissing(_liveFrom, head, taken) : null;
        var backlog = _liveFrom > 1 ? _acknowledged.FirstMissing(1, Math.Min(head, _liveFrom - 1), taken) : null;
        var next = _backlogsTurn ? backlog ?? live : live ?? backlog;
        if (next is not { } run)
        {
            return null;
        }

        _backlogsTurn = run == live;
        var entries = journal.Read(run.From, run.To, BatchEntries, BatchBytes);
        if (entries.Count == 0)
        {
            throw new IOException($"the journal has no entry from {run.From} to {run.To}");
        }

        var batch = BatchPacker.Pack(journal.Id, head, entries, _pace.BodyBytes);
        foreach (var entry in batch.Batch.Entries)
        {
            taken.Add(entry.Position);
        }

        return batch;
    }

    private async Task StoreAsync(PackedBatch sent)
    {
        _acknowledged.Add(sent.Batch.Entries.Select(entry => entry.Position));
        await journal.WriteAsync(new JournalWrite { Rows = _acknowledged.Rows() });
    }

    private void Report(string reason)
    {
        if (State != reason)
        {
            State = reason;
            LogDisconnected(logger, Behind, reason);
        }
    }

    private async Task DisconnectAsync()
    {
        try
        {
            await transport.DisconnectAsync();
        }
        catch (Exception e)
        {
            LogNoGoodbye(logger, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Information, "Connected to the cloud, {Behind} entries behind")]
    private static partial void LogConnected(ILogger logger, long behind);

    [LoggerMessage(LogLevel.Warning, "The cloud cannot be reached, {Behind} entries wait here: {Reason}")]
    private static partial void LogDisconnected(ILogger logger, long behind, string reason);

    [LoggerMessage(LogLevel.Error, "Set aside and not sent: {Reason}")]
    private static partial void LogSetAside(ILogger logger, string reason);

    [LoggerMessage(LogLevel.Debug, "Could not say goodbye to the cloud: {Reason}")]
    private static partial void LogNoGoodbye(ILogger logger, string reason);
}
