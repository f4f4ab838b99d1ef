using System.Threading.Channels;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>
/// Measures on schedule and packs records into publishes. All chance is drawn here, in the order of the records, so that a
/// seed gives the same run whatever the network does.
/// </summary>
internal sealed class Production(DeviceCredential device, RecordSource source, Schedule schedule, SentFile sent, ChaosSwitches chaos, Random random, int batch)
{
    private readonly List<RobotRecord> _batch = [];
    private RobotRecord? _held;

    /// <summary>Measures until <paramref name="count"/> records or the stop, then closes the queue. The queue's bound holds it back.</summary>
    public async Task RunAsync(ChannelWriter<OutgoingMessage> queue, long? count, CancellationToken stop)
    {
        try
        {
            await MeasureAsync(queue, count, stop);
            Release();
            await EmitAsync(queue, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Release();
            TryEmit(queue);
        }
        finally
        {
            queue.Complete();
        }
    }

    private async Task MeasureAsync(ChannelWriter<OutgoingMessage> queue, long? count, CancellationToken stop)
    {
        for (var made = 0L; made < (count ?? long.MaxValue); made++)
        {
            var due = schedule.Next();
            await schedule.UntilAsync(due, stop);
            Take(source.Next(due));
            if (_batch.Count >= batch)
            {
                await EmitAsync(queue, stop);
            }
        }
    }

    private void Take(RobotRecord record)
    {
        if (Happens(chaos.Drop))
        {
            sent.Append(SentFile.EventLines("dropped", [record.Sequence]));
        }
        else if (_held is null && Happens(chaos.Reorder))
        {
            _held = record;
        }
        else
        {
            _batch.Add(record);
            Release();
        }
    }

    private void Release()
    {
        if (_held is { } held)
        {
            _batch.Add(held);
            _held = null;
        }
    }

    private async Task EmitAsync(ChannelWriter<OutgoingMessage> queue, CancellationToken stop)
    {
        if (_batch.Count == 0)
        {
            return;
        }

        var (message, model) = (Pack(), _batch[0]);
        await queue.WriteAsync(message, stop);
        _batch.Clear();
        if (Happens(chaos.Duplicate))
        {
            await queue.WriteAsync(message with { Lines = [], Sequences = [], CutLine = false }, stop);
        }

        if (Happens(chaos.Corrupt))
        {
            await queue.WriteAsync(Mangle(source.Copy(model)), stop);
        }
    }

    // What finds no room at the end was measured and never sent: it counts as neither.
    private void TryEmit(ChannelWriter<OutgoingMessage> queue)
    {
        if (_batch.Count > 0)
        {
            queue.TryWrite(Pack());
        }
    }

    private OutgoingMessage Pack() => new(
        RobotRecordJson.Payload(_batch), SentFile.SentLines(device, _batch), [.. _batch.Select(record => record.Sequence)], Happens(chaos.Disconnect));

    // Every true beginning of a JSON object is no JSON; a sequence of its own keeps it from being taken for a reading.
    private OutgoingMessage Mangle(RobotRecord record)
    {
        var whole = RobotRecordJson.Payload([record]);
        var part = whole[..random.Next(1, whole.Length)];
        return new OutgoingMessage(part, SentFile.EventLines("corrupted", [record.Sequence]), [], false);
    }

    private bool Happens(double chance) => chance > 0 && random.NextDouble() < chance;
}
