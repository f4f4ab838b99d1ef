using System.Threading.Channels;
using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>A peripheral that BlueZ is connected with; disposing disconnects it.</summary>
public sealed class BluezPeripheral : IGattPeripheral, IAsyncDisposable
{
    private const int NotifyAttempts = 50;

    private static readonly TimeSpan NotifyRetry = TimeSpan.FromMilliseconds(200);

    private readonly BluezLink _link;
    private readonly IReadOnlyDictionary<Guid, string> _characteristics;
    private readonly ValueInbox _inbox;
    private readonly IDisposable _hold;
    private readonly CancellationTokenSource _gone = new();
    private readonly Lock _ending = new();

    private IOException? _end;

    /// <param name="link">Which device it is.</param>
    /// <param name="characteristics">Path of each characteristic.</param>
    /// <param name="inbox">Collects its values since before it was connected.</param>
    /// <param name="hold">What is freed when the connection has ended.</param>
    internal BluezPeripheral(BluezLink link, IReadOnlyDictionary<Guid, string> characteristics, ValueInbox inbox, IDisposable hold)
    {
        (_link, _characteristics, _inbox, _hold) = (link, characteristics, inbox, hold);
    }

    public string Address => _link.Address;

    internal string Path => _link.Path;

    public bool Has(Guid characteristic) => _characteristics.ContainsKey(characteristic);

    public async Task<byte[]> ReadAsync(Guid characteristic, CancellationToken cancellation)
    {
        var path = PathOf(characteristic);
        _inbox.Reads(path);
        var answer = await CallAsync(path, characteristic, "ReadValue", "a{sv}", [new Dictionary<string, object>()], cancellation);
        return answer is [byte[] value] ? value : throw new IOException($"{Address}: BlueZ answered a read of {characteristic} with no bytes");
    }

    public Task WriteAsync(Guid characteristic, ReadOnlyMemory<byte> value, CancellationToken cancellation) =>
        CallAsync(
            PathOf(characteristic),
            characteristic,
            "WriteValue",
            "aya{sv}",
            [value.ToArray(), new Dictionary<string, object> { ["type"] = "request" }],
            cancellation);

    public async Task<ChannelReader<GattValue>> SubscribeAsync(IReadOnlyCollection<Guid> characteristics, CancellationToken cancellation)
    {
        var paths = characteristics.Distinct().ToDictionary(PathOf, characteristic => characteristic);
        var values = _inbox.Subscribe(paths);
        foreach (var (path, characteristic) in paths)
        {
            await NotifyAsync(path, characteristic, cancellation);
        }

        return values;
    }

    public async ValueTask DisposeAsync()
    {
        if (End(new IOException($"{Address}: the connection was closed")))
        {
            // Its slot is free only when the connection has ended.
            await _link.DisconnectAsync();
        }

        _hold.Dispose();
    }

    /// <summary>The peripheral went away by itself: all that waits for it ends.</summary>
    internal void Lose(string reason)
    {
        if (End(new IOException($"{Address}: {reason}")))
        {
            _hold.Dispose();
        }
    }

    private bool End(IOException reason)
    {
        lock (_ending)
        {
            if (_end is not null)
            {
                return false;
            }

            _end = reason;
        }

        // Calls first: who sees the values end can call no more.
        _gone.Cancel();
        _inbox.End(reason);
        return true;
    }

    private string PathOf(Guid characteristic) =>
        _characteristics.GetValueOrDefault(characteristic) ?? throw new IOException($"{Address} has no characteristic {characteristic}");

    // 'Already notifying': BlueZ has turned it on again by itself when the known device came back. 'In progress': it is about to.
    private async Task NotifyAsync(string path, Guid characteristic, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await CallAsync(path, characteristic, "StartNotify", "", [], cancellation);
                return;
            }
            catch (IOException e) when (e.InnerException is BusException { Name: BluezError.Failed, Message: "Already notifying" })
            {
                return;
            }
            catch (IOException e) when (e.InnerException is BusException { Name: BluezError.InProgress } && attempt < NotifyAttempts)
            {
                await Task.Delay(NotifyRetry, _link.Time, cancellation);
            }
        }
    }

    private async Task<object[]> CallAsync(
        string path, Guid characteristic, string member, string signature, object[] body, CancellationToken cancellation)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, _gone.Token);
        try
        {
            return await _link.Bus.CallAsync(BluezName.Service, path, BluezName.Characteristic, member, signature, body, either.Token);
        }
        catch (OperationCanceledException) when (_end is not null)
        {
            throw new IOException(_end.Message);
        }
        catch (BusException e)
        {
            throw BluezError.Of($"{Address}: {member} of {characteristic}", e);
        }
    }
}
