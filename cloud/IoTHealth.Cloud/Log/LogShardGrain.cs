using System.Threading.Channels;
using IoTHealth.Measurements;
using Orleans.Concurrency;
using Orleans.Placement;

namespace IoTHealth.Cloud.Log;

/// <summary>The only writer of one shard; its key is the shard's number.</summary>
[Alias("IoTHealth.ILogShardGrain")]
public interface ILogShardGrain : IGrainWithIntegerKey
{
    /// <summary>Returns once the batch is durable. Fails when the shard was taken over or is at its bound: send again.</summary>
    [Alias("Append")]
    Task AppendAsync([Immutable] EntryBatch batch);
}

/// <summary>
/// Group commit: whatever is waiting when a transaction ends goes into the next one. After any error the callers are
/// told, the activation ends and the next one opens the shard with a new epoch.
/// </summary>
[Reentrant]
[RandomPlacement]
public sealed partial class LogShardGrain(IMeasurementLog log, CommitSignal signal, TimeProvider time, ILogger<LogShardGrain> logger)
    : Grain, ILogShardGrain
{
    private const int WaitingMaximum = 4096;
    private const int EntriesPerTransaction = 5000;

    private readonly record struct Waiting(EntryBatch Batch, TaskCompletionSource Done);

    private readonly Channel<Waiting> _queue = Channel.CreateBounded<Waiting>(WaitingMaximum);
    private ShardLease? _lease;
    private Task _drain = Task.CompletedTask;

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _lease = await log.TakeOverAsync((int)this.GetPrimaryKeyLong(), cancellationToken);
        _drain = DrainAsync();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        return _drain;
    }

    public async Task AppendAsync(EntryBatch batch)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (await _queue.Writer.WaitToWriteAsync() && _queue.Writer.TryWrite(new Waiting(batch, done)))
        {
            await done.Task;
            return;
        }

        throw new FencedException("the shard is closing");
    }

    private async Task DrainAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            var group = TakeGroup();
            try
            {
                _lease = await log.AppendAsync(_lease!, [.. group.Select(w => w.Batch)], time.GetUtcNow(), CancellationToken.None);
            }
            catch (Exception e)
            {
                Fail(group, e);
                return;
            }

            group.ForEach(waiting => waiting.Done.TrySetResult());
            signal.Raise();
        }
    }

    private List<Waiting> TakeGroup()
    {
        var group = new List<Waiting>();
        for (var entries = 0; entries < EntriesPerTransaction && _queue.Reader.TryRead(out var waiting);)
        {
            group.Add(waiting);
            entries += waiting.Batch.Entries.Count;
        }

        return group;
    }

    private void Fail(List<Waiting> group, Exception error)
    {
        LogFailed(logger, this.GetPrimaryKeyLong(), error.Message);
        _queue.Writer.TryComplete();
        var told = error is FencedException fenced ? fenced : new FencedException(error.Message);
        group.ForEach(waiting => waiting.Done.TrySetException(told));
        while (_queue.Reader.TryRead(out var waiting))
        {
            waiting.Done.TrySetException(told);
        }

        DeactivateOnIdle();
    }

    [LoggerMessage(LogLevel.Error, "Shard {Shard} failed to append and reopens: {Reason}")]
    private static partial void LogFailed(ILogger logger, long shard, string reason);
}
