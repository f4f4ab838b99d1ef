using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;

namespace IoTHealth.Links.DBus;

/// <summary>
/// A connection to a D-Bus message bus, as a client and as an exporter of objects. File descriptors are not passed. Bytes that are
/// no valid message, and a bus that takes nothing for ten seconds, end the connection.
/// </summary>
public sealed class BusConnection : IAsyncDisposable
{
    private const uint DoNotQueue = 4;
    private const uint PrimaryOwner = 1;
    private const uint AlreadyOwner = 4;

    private readonly BusSocket _socket;
    private readonly ConcurrentDictionary<uint, TaskCompletionSource<BusMessage>> _calls = new();
    private readonly NameOwners _owners = new();
    private readonly ExportedObjects _objects;
    private readonly TaskCompletionSource<string> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _ended = new();
    private readonly Lock _ending = new();

    private ImmutableArray<SignalQueue> _queues = [];
    private volatile IOException? _end;
    private uint _serial;
    private Task _reading = Task.CompletedTask;

    private BusConnection(BusSocket socket)
    {
        _socket = socket;
        _objects = new ExportedObjects(Send);
    }

    /// <summary>The unique name the bus gave, such as <c>:1.42</c>.</summary>
    public string Name { get; private set; } = "";

    /// <summary>Ends, with the reason in words, when the bus is gone or this was disposed; never faults.</summary>
    public Task<string> Closed => _closed.Task;

    /// <summary>Connects to the bus at an address that <see cref="BusAddress"/> reads.</summary>
    /// <exception cref="IOException">There is no bus, or it refuses.</exception>
    /// <exception cref="FormatException">The address is none.</exception>
    public static async Task<BusConnection> OpenAsync(string address, CancellationToken cancellation)
    {
        var bus = new BusConnection(await BusSocket.OpenAsync(address, cancellation));
        bus._reading = Task.Run(bus.ReadAsync, CancellationToken.None);
        try
        {
            bus.Name = (string)(await bus.CallBusAsync("Hello", "", [], cancellation))[0];
            return bus;
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    /// <summary>Calls without arguments.</summary>
    /// <exception cref="BusException">The answer is an error.</exception>
    /// <exception cref="IOException">The bus is gone.</exception>
    public Task<object[]> CallAsync(string destination, string path, string @interface, string member, CancellationToken cancellation) =>
        CallAsync(destination, path, @interface, member, "", [], cancellation);

    /// <summary>Calls a method and waits for its answer; cancelling abandons the wait, not the call.</summary>
    /// <exception cref="BusException">The answer is an error.</exception>
    /// <exception cref="IOException">The bus is gone.</exception>
    /// <exception cref="ArgumentException">The body is not what the signature says.</exception>
    public async Task<object[]> CallAsync(
        string destination, string path, string @interface, string member, string signature, object[] body, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var call = new BusMessage
        {
            Type = BusMessageType.Call,
            Serial = NextSerial(),
            Destination = destination,
            Path = path,
            Interface = @interface,
            Member = member,
            Signature = signature,
            Body = body,
        };
        var waiting = new TaskCompletionSource<BusMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls[call.Serial] = waiting;
        try
        {
            Write(call);
            var answer = await waiting.Task.WaitAsync(cancellation);
            return answer.Type == BusMessageType.Reply
                ? answer.Body
                : throw new BusException(answer.ErrorName, answer.Body is [string words, ..] ? words : "");
        }
        finally
        {
            _calls.TryRemove(call.Serial, out _);
        }
    }

    /// <summary>
    /// Asks for signals. They come in the bus's order, each once; nothing is dropped: a channel in which too many wait ends with an
    /// <see cref="IOException"/>, as it does when the bus is gone.
    /// </summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public async Task<ChannelReader<BusMessage>> SubscribeAsync(IReadOnlyCollection<SignalMatch> matches, CancellationToken cancellation)
    {
        foreach (var name in matches.Select(match => match.Sender).OfType<string>().Where(name => !_owners.Knows(name)))
        {
            await FollowOwnerAsync(name, cancellation);
        }

        var queue = new SignalQueue([.. matches]);
        ImmutableInterlocked.Update(ref _queues, queues => queues.Add(queue));
        if (_end is { } end)
        {
            queue.End(end);
        }

        foreach (var match in matches)
        {
            await CallBusAsync("AddMatch", "s", [match.Rule()], cancellation);
        }

        return queue.Reader;
    }

    /// <summary>The unique name that owns a well-known name some subscription mentions; empty when nobody does.</summary>
    public string OwnerOf(string name) => _owners.Of(name);

    /// <summary>Takes a well-known name.</summary>
    /// <exception cref="IOException">Another has it, or the bus is gone.</exception>
    /// <exception cref="BusException">The bus does not allow it.</exception>
    public async Task RequestNameAsync(string name, CancellationToken cancellation)
    {
        var answer = await CallBusAsync("RequestName", "su", [name, DoNotQueue], cancellation);
        if (answer[0] is not (PrimaryOwner or AlreadyOwner))
        {
            throw new IOException($"another program on the bus has the name {name}");
        }
    }

    /// <summary>Gives a well-known name back.</summary>
    public Task ReleaseNameAsync(string name, CancellationToken cancellation) => CallBusAsync("ReleaseName", "s", [name], cancellation);

    /// <summary>Lets others call an object.</summary>
    /// <exception cref="ArgumentException">The path is none, or taken.</exception>
    public void Export(string path, IBusObject handler) => _objects.Add(path, handler);

    public void Unexport(string path) => _objects.Remove(path);

    /// <summary>Sends a signal; returns once it is written, so that signals keep the order of these calls.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    /// <exception cref="ArgumentException">The body is not what the signature says.</exception>
    public void Emit(string path, string @interface, string member, string signature, params object[] body) => Send(new BusMessage
    {
        Type = BusMessageType.Signal,
        Serial = 0,
        IsOneWay = true,
        Path = path,
        Interface = @interface,
        Member = member,
        Signature = signature,
        Body = body,
    });

    public async ValueTask DisposeAsync()
    {
        End(new IOException("the connection was closed"));
        await _reading;
        _ended.Dispose();
    }

    private Task<object[]> CallBusAsync(string member, string signature, object[] body, CancellationToken cancellation) =>
        CallAsync(BusName.Bus, BusName.BusPath, BusName.Bus, member, signature, body, cancellation);

    private async Task FollowOwnerAsync(string name, CancellationToken cancellation)
    {
        await CallBusAsync("AddMatch", "s", [$"type='signal',sender='{BusName.Bus}',interface='{BusName.Bus}',member='NameOwnerChanged',arg0='{name}'"], cancellation);
        try
        {
            _owners.Learn(name, (string)(await CallBusAsync("GetNameOwner", "s", [name], cancellation))[0]);
        }
        catch (BusException e) when (e.Name == BusError.NameHasNoOwner)
        {
            _owners.Learn(name, "");
        }
    }

    private uint NextSerial()
    {
        uint serial;
        do
        {
            serial = Interlocked.Increment(ref _serial);
        }
        while (serial == 0);
        return serial;
    }

    private void Send(BusMessage message) => Write(message with { Serial = NextSerial() });

    private void Write(BusMessage message)
    {
        var bytes = Envelope.Write(message);
        try
        {
            if (_end is { } end)
            {
                throw new IOException(end.Message, end);
            }

            _socket.Send(bytes);
        }
        catch (IOException e)
        {
            End(e);
            throw;
        }
    }

    private async Task ReadAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Receive);
        }
        catch (IOException e)
        {
            End(e);
        }
        catch (Exception e)
        {
            End(new IOException("reading from the bus failed: " + e.Message, e));
        }
    }

    // On the reader: nothing here may wait.
    private void Receive(Envelope message)
    {
        switch (message.Header.Type)
        {
            case BusMessageType.Call:
                _objects.Receive(message, _ended.Token);
                break;
            case BusMessageType.Signal:
                Distribute(message);
                break;
            default:
                if (_calls.TryGetValue(message.Header.ReplySerial, out var waiting))
                {
                    waiting.TrySetResult(message.Open());
                }

                break;
        }
    }

    // Bodies are read for those alone who want them.
    private void Distribute(Envelope message)
    {
        if (message.Header is { Sender: BusName.Bus })
        {
            _owners.Hear(message.Open());
        }

        BusMessage? signal = null;
        foreach (var queue in _queues)
        {
            if (queue.Wants(message.Header, _owners.Of))
            {
                queue.Add(signal ??= message.Open());
            }
        }
    }

    private void End(IOException reason)
    {
        lock (_ending)
        {
            if (_end is not null)
            {
                return;
            }

            _end = reason;
        }

        _socket.Dispose();
        foreach (var call in _calls.Values)
        {
            call.TrySetException(new IOException(reason.Message, reason));
        }

        foreach (var queue in _queues)
        {
            queue.End(reason);
        }

        _ended.Cancel();
        _closed.TrySetResult(reason.Message);
    }
}
