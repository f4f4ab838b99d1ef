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
    private readonly record struct Pending(IReadOnlyList<ushort> Identifiers, int Count, ValueTask<MqttVerdict> Outcome, long Arrived, int Bytes);

    private const int ReadyMaximum = 256;

    // Bounded by the counts below.
    private readonly Channel<Pending> _pending = Channel.CreateUnbounded<Pending>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
    private readonly int _capacity;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly int _bytesMaximum;
    private readonly List<ushort> _ready = [];
    private readonly Channel<bool> _lighter = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _bytes;
    private long _count;

    /// <param name="capacity">Publishes that may be unfinished at once.</param>
    /// <param name="bytesMaximum">Bytes of payload that may be unfinished at once; one publish always may.</param>
    /// <param name="timeout">How long one may take.</param>
    /// <param name="time">Clock.</param>
    public AcknowledgementQueue(int capacity, int bytesMaximum, TimeSpan timeout, TimeProvider time)
    {
        (_capacity, _bytesMaximum, _timeout, _time) = (capacity, bytesMaximum, timeout, time);
    }

    /// <summary>Publishes that may be added now.</summary>
    public int Room => (int)Math.Max(0, _capacity - Interlocked.Read(ref _count));

    /// <summary>Waits until there is room for one more.</summary>
    /// <returns>False when the connection has ended.</returns>
    public async ValueTask<bool> HasRoomAsync(CancellationToken cancellation)
    {
        while (Interlocked.Read(ref _bytes) >= _bytesMaximum || Interlocked.Read(ref _count) >= _capacity)
        {
            await _lighter.Reader.ReadAsync(cancellation);
        }

        return await _pending.Writer.WaitToWriteAsync(cancellation);
    }

    /// <summary>Adds a publish; call only after <see cref="HasRoomAsync"/> said there is room.</summary>
    public bool Add(ushort packetId, bool acknowledge, int bytes, ValueTask<MqttVerdict> outcome) =>
        Add(acknowledge ? [packetId] : [], 1, bytes, outcome);

    /// <summary>Adds publishes that have one outcome, at most as many as there is <see cref="Room"/>.</summary>
    /// <param name="identifiers">Of those that are to be acknowledged.</param>
    /// <param name="count">Of all.</param>
    public bool Add(IReadOnlyList<ushort> identifiers, int count, int bytes, ValueTask<MqttVerdict> outcome)
    {
        Interlocked.Add(ref _bytes, bytes);
        Interlocked.Add(ref _count, count);
        return _pending.Writer.TryWrite(new Pending(identifiers, count, outcome, _time.GetTimestamp(), bytes));
    }

    public void Complete() => _pending.Writer.TryComplete();

    /// <summary>Runs until the connection ends or a publish could not be acknowledged.</summary>
    /// <param name="acknowledge">Acknowledges what is ready, in this order.</param>
    /// <returns>Why the connection must be closed, or null when it ended by itself.</returns>
    public async Task<Ending?> RunAsync(Func<IReadOnlyList<ushort>, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        try
        {
            return await DrainAsync(acknowledge, cancellation);
        }
        catch (Exception) when (cancellation.IsCancellationRequested)
        {
            // Whatever fails now fails because the connection has ended.
            return null;
        }
        catch (TimeoutException)
        {
            return new Ending($"a publish was not durable after {_timeout.TotalSeconds:0.#} s", IsRefusal: false);
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
            Interlocked.Exchange(ref _count, long.MinValue / 2);
            Lighten(0, 0);
        }
    }

    // The one that is waited for keeps its place in the queue, so that no more than its capacity are ever unfinished. What is ready
    // before it is acknowledged first, and together.
    private async Task<Ending?> DrainAsync(Func<IReadOnlyList<ushort>, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        while (await _pending.Reader.WaitToReadAsync(cancellation))
        {
            while (_pending.Reader.TryPeek(out var next))
            {
                if (!next.Outcome.IsCompletedSuccessfully || _ready.Count >= ReadyMaximum)
                {
                    await TellAsync(acknowledge, cancellation);
                }

                if (await OutcomeAsync(next, cancellation) is MqttVerdict.Refused refused)
                {
                    await TellAsync(acknowledge, cancellation);
                    return new Ending(refused.Reason, IsRefusal: true);
                }

                _ready.AddRange(next.Identifiers);
                _pending.Reader.TryRead(out _);
                Lighten(next.Count, next.Bytes);
            }

            await TellAsync(acknowledge, cancellation);
        }

        return null;
    }

    private async ValueTask TellAsync(Func<IReadOnlyList<ushort>, CancellationToken, Task> acknowledge, CancellationToken cancellation)
    {
        if (_ready.Count > 0)
        {
            await acknowledge(_ready, cancellation);
            _ready.Clear();
        }
    }

    private void Lighten(int count, int bytes)
    {
        Interlocked.Add(ref _count, -count);
        Interlocked.Add(ref _bytes, -bytes);
        _lighter.Writer.TryWrite(true);
    }

    private async ValueTask<MqttVerdict> OutcomeAsync(Pending next, CancellationToken cancellation)
    {
        if (next.Outcome.IsCompleted)
        {
            return next.Outcome.Result;
        }

        var left = _timeout - _time.GetElapsedTime(next.Arrived);
        return await next.Outcome.AsTask().WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time, cancellation);
    }
}
