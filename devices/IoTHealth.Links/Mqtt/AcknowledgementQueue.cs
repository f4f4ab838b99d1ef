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
    private readonly record struct Pending(ushort PacketId, bool Acknowledge, ValueTask<MqttVerdict> Outcome, long Arrived, int Bytes);

    private readonly Channel<Pending> _pending;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly int _bytesMaximum;
    private readonly Channel<bool> _lighter = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;

    /// <param name="capacity">Publishes that may be unfinished at once.</param>
    /// <param name="bytesMaximum">Bytes of payload that may be unfinished at once; one publish always may.</param>
    /// <param name="timeout">How long one may take.</param>
    /// <param name="time">Clock.</param>
    public AcknowledgementQueue(int capacity, int bytesMaximum, TimeSpan timeout, TimeProvider time)
    {
        _bytesMaximum = bytesMaximum;
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
    public async ValueTask<bool> HasRoomAsync(CancellationToken cancellation)
    {
        while (Interlocked.Read(ref _bytes) >= _bytesMaximum)
        {
            await _lighter.Reader.ReadAsync(cancellation);
        }

        return await _pending.Writer.WaitToWriteAsync(cancellation);
    }

    /// <summary>Adds a publish; call only after <see cref="HasRoomAsync"/> said there is room.</summary>
    public bool Add(ushort packetId, bool acknowledge, int bytes, ValueTask<MqttVerdict> outcome)
    {
        Interlocked.Add(ref _bytes, bytes);
        return _pending.Writer.TryWrite(new Pending(packetId, acknowledge, outcome, _time.GetTimestamp(), bytes));
    }

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
            // Whoever waits for room is let go and sees that the queue has ended.
            _pending.Writer.TryComplete();
            Interlocked.Exchange(ref _bytes, long.MinValue / 2);
            Lighten(0);
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
                Lighten(next.Bytes);
            }
        }

        return null;
    }

    private void Lighten(int bytes)
    {
        Interlocked.Add(ref _bytes, -bytes);
        _lighter.Writer.TryWrite(true);
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
