using System.Collections.Concurrent;

namespace IoTHealth.Links.DBus;

/// <summary>The objects of one connection, by path, and the answers to calls of them.</summary>
/// <param name="send">Sends a message; the serial is filled in.</param>
internal sealed class ExportedObjects(Action<BusMessage> send)
{
    private const int MaximumCalls = 1_000;

    private readonly ConcurrentDictionary<string, IBusObject> _objects = new();

    private int _calls;

    public void Add(string path, IBusObject handler)
    {
        if (!ObjectPath.IsValid(path))
        {
            throw new ArgumentException($"'{path}' is no object path", nameof(path));
        }

        if (!_objects.TryAdd(path, handler))
        {
            throw new ArgumentException($"there is already an object at {path}", nameof(path));
        }
    }

    public void Remove(string path) => _objects.TryRemove(path, out _);

    /// <summary>Takes a call from the reader, which must not wait: the object answers on another thread.</summary>
    public void Receive(Envelope call, CancellationToken cancellation)
    {
        if (Interlocked.Increment(ref _calls) > MaximumCalls)
        {
            Interlocked.Decrement(ref _calls);
            Answer(call.Header, Error(BusError.LimitsExceeded, $"more than {MaximumCalls} calls at a time"));
            return;
        }

        var message = call.Open();
        _ = Task.Run(() => ServeAsync(message, cancellation), CancellationToken.None);
    }

    private async Task ServeAsync(BusMessage call, CancellationToken cancellation)
    {
        BusMessage answer;
        try
        {
            var reply = await CallAsync(call, cancellation);
            answer = new BusMessage { Type = BusMessageType.Reply, Serial = 0, Signature = reply.Signature, Body = reply.Body };
        }
        catch (BusException e)
        {
            answer = Error(e.Name, e.Message);
        }
        catch (Exception e)
        {
            answer = Error(BusError.Failed, $"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _calls);
        }

        Answer(call, answer);
    }

    private ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation) => call switch
    {
        { Interface: BusName.Peer, Member: "Ping" } => new(BusReply.Empty),
        _ when _objects.TryGetValue(call.Path, out var handler) => handler.CallAsync(call, cancellation),
        _ => throw new BusException(BusError.UnknownObject, $"no object at {call.Path}"),
    };

    private void Answer(BusMessage call, BusMessage answer)
    {
        if (call.IsOneWay)
        {
            return;
        }

        answer = answer with { IsOneWay = true, ReplySerial = call.Serial, Destination = call.Sender };
        try
        {
            send(answer);
        }
        catch (ArgumentException e)
        {
            send(Error(BusError.Failed, e.Message) with { IsOneWay = true, ReplySerial = call.Serial, Destination = call.Sender });
        }
        catch (IOException)
        {
            // The connection has ended; the caller learns it from the bus.
        }
    }

    private static BusMessage Error(string name, string message) => new()
    {
        Type = BusMessageType.Error,
        Serial = 0,
        ErrorName = name,
        Signature = "s",
        Body = [message.Replace('\0', ' ')],
    };
}
