using System.Threading.Channels;

namespace IoTHealth.Links.Mqtt;

/// <summary>Why a connection must be closed.</summary>
/// <param name="Reason">For the log.</param>
/// <param name="IsRefusal">True when the publish was refused; false when the fault is ours and the client may try again.</param>
internal sealed record Ending(string Reason, bool IsRefusal);

/// <summary>
/// The publishes of one connection that wait for durability, acknowledged in the order they came (MQTT 3.1.1, section
/// 4.6). Bounded: while it is full the connection is not read. The first one that is refused, fails or is late ends the
/// connection, and no later one is acknowledged.
/// </summary>
internal sealed class AcknowledgementQueue
{
    private readonly record struct Pending(ushort PacketId, bool Acknowledge, ValueTask<MqttVerdict> Outcome, long Arrived);

    private readonly Channel<Pending> _pending;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    public AcknowledgementQueue(int capacity, TimeSpan timeout, TimeProvider time)
    {
        _timeout = timeout;
        _time = time;
        _pending = Channel.CreateBounded<Pending>(new BoundedChannelOptions(capacity)
        {
            SingleReader = true,
            SingleWriter = true,
            FullMode = BoundedChannelFullMode.Wait,
        });
    }

    /// <summary>Waits until there is room for one more.</summary>
    /// <returns>False when the connection has ended.</returns>
    public ValueTask<bool> HasRoomAsync(CancellationToken cancellation) => _pending.Writer.WaitToWriteAsync(cancellation);

    /// <summary>Adds a publish; call only after <see cref="HasRoomAsync"/> said there is room.</summary>
    public bool Add(ushort packetId, bool acknowledge, ValueTask<MqttVerdict> outcome) =>
        _pending.Writer.TryWrite(new Pending(packetId, acknowledge, outcome, _time.GetTimestamp()));

    public void Complete() => _pending.Writer.TryComplete();

    /// <summary>Runs until the connection ends or a publish could not be acknowledged.</summary>
    /// <returns>Why the connection must be closed, or null when it ended by itself.</returns>
    public async Task<Ending?> RunAsync(Func<ushort, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        try
        {
            return await DrainAsync(acknowledge, cancellation);
        }
        catch (TimeoutException)
        {
            return new Ending($"a publish was not durable after {_timeout.TotalSeconds:0.#} s", IsRefusal: false);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return new Ending($"a publish could not be taken: {e.Message}", IsRefusal: false);
        }
        finally
        {
            _pending.Writer.TryComplete();
        }
    }

    // The one that is waited for keeps its place in the queue, so that no more than its capacity are ever unfinished.
    private async Task<Ending?> DrainAsync(Func<ushort, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        while (await _pending.Reader.WaitToReadAsync(cancellation))
        {
            while (_pending.Reader.TryPeek(out var next))
            {
                if (await OutcomeAsync(next, cancellation) is MqttVerdict.Refused refused)
                {
                    return new Ending(refused.Reason, IsRefusal: true);
                }

                if (next.Acknowledge)
                {
                    await acknowledge(next.PacketId, cancellation);
                }

                _pending.Reader.TryRead(out _);
            }
        }

        return null;
    }

    private async Task<MqttVerdict> OutcomeAsync(Pending next, CancellationToken cancellation)
    {
        if (next.Outcome.IsCompleted)
        {
            return next.Outcome.Result;
        }

        var left = _timeout - _time.GetElapsedTime(next.Arrived);
        return await next.Outcome.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation);
    }
}
