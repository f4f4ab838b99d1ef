using System.Threading.Channels;

namespace IoTHealth.Links.Mqtt;

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
    public async Task<string?> RunAsync(Func<ushort, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        try
        {
            await foreach (var next in _pending.Reader.ReadAllAsync(cancellation))
            {
                var left = _timeout - _time.GetElapsedTime(next.Arrived);
                var outcome = next.Outcome.IsCompleted
                    ? next.Outcome.Result
                    : await next.Outcome.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation);
                if (outcome is MqttVerdict.Refused refused)
                {
                    return refused.Reason;
                }

                if (next.Acknowledge)
                {
                    await acknowledge(next.PacketId, cancellation);
                }
            }

            return null;
        }
        catch (TimeoutException)
        {
            return $"a publish was not durable after {_timeout.TotalSeconds:0.#} s";
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception e)
        {
            return $"a publish could not be taken: {e.Message}";
        }
        finally
        {
            _pending.Writer.TryComplete();
        }
    }
}
