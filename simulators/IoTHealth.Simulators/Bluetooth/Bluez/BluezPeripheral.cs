using System.Collections.Concurrent;
using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>
/// One device on a controller of a real BlueZ: a GATT application, an advertisement and a pairing agent that agrees to everything.
/// Set up again whenever bluetoothd was restarted.
/// </summary>
internal sealed class BluezPeripheral : IRadio, IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromMilliseconds(300);
    private readonly BusConnection _bus;
    private readonly string _adapter;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Pulse _changes;
    private readonly ConcurrentDictionary<string, bool> _centrals = new(StringComparer.Ordinal);
    private PeripheralApplication? _application;
    private GattDevice? _device;
    private volatile bool _wanted;
    private volatile bool _ready;
    private volatile bool _advertised;

    private BluezPeripheral(BusConnection bus, string adapter, TimeProvider clock, ILogger log) =>
        (_bus, _adapter, _clock, _log, _changes) = (bus, $"{BluezName.Root}/{adapter}", clock, log, new Pulse(clock));

    /// <exception cref="IOException">There is no such bus.</exception>
    public static async Task<BluezPeripheral> OpenAsync(string address, string adapter, TimeProvider clock, ILogger log, CancellationToken cancellation) =>
        new(await BusConnection.OpenAsync(address, cancellation), adapter, clock, log);

    /// <summary>The controller's address, once BlueZ has it.</summary>
    public Task<string> AddressAsync(CancellationToken cancellation) => UntilDoneAsync(async () => (string)(await _bus.CallAsync(
        BluezName.Service, _adapter, BusProperties.Interface, "Get", "ss", [BluezName.Adapter, "Address"], cancellation))[0], cancellation);

    /// <summary>Lets the device live until stopped.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public Task RunAsync(GattDevice device, CancellationToken stop)
    {
        _device = device;
        _application = new PeripheralApplication(_bus, device);
        return Together.RunAsync(stop, each => device.RunAsync(this, each), FollowAsync, KeepAdvertisingAsync, NoticeClosedAsync);
    }

    public void Advertise(bool on)
    {
        _wanted = on;
        _changes.Beat();
    }

    public bool Send(GattCharacteristic characteristic, byte[] value)
    {
        var heard = !_centrals.IsEmpty && characteristic.IsSubscribed;
        if (heard)
        {
            _application!.Send(characteristic, value);
        }

        return heard;
    }

    public void Disconnect()
    {
        foreach (var central in _centrals.Keys)
        {
            _ = DisconnectAsync(central);
        }
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private async Task DisconnectAsync(string central)
    {
        try
        {
            await _bus.CallAsync(BluezName.Service, central, BluezName.Device, "Disconnect", CancellationToken.None);
        }
        catch (Exception gone) when (gone is BusException or IOException)
        {
            _log.NotDisconnected(gone.Message);
        }
    }

    // Who is connected, and whether BlueZ is there at all.
    private async Task FollowAsync(CancellationToken stop)
    {
        var signals = await _bus.SubscribeAsync(
        [
            new SignalMatch { Sender = "org.freedesktop.DBus", Interface = "org.freedesktop.DBus", Member = "NameOwnerChanged" },
            new SignalMatch { Sender = BluezName.Service, Interface = BusProperties.Interface, Member = "PropertiesChanged", PathNamespace = _adapter },
            new SignalMatch { Sender = BluezName.Service, Interface = BusProperties.ObjectManager },
        ], stop);
        await SetUpAsync(stop);
        await foreach (var signal in signals.ReadAllAsync(stop))
        {
            if (signal.Body is [BluezName.Service, string, string owner] && signal.Member == "NameOwnerChanged")
            {
                TearDown();
                await (owner.Length > 0 ? SetUpAsync(stop) : Task.CompletedTask);
            }
            else
            {
                Notice(signal);
            }
        }
    }

    private void Notice(BusMessage signal)
    {
        if (signal.Member == "PropertiesChanged" && signal.Body is [BluezName.Device, Dictionary<string, object> changed, ..])
        {
            Notice(signal.Path, changed);
        }
        else if (signal.Member == "InterfacesAdded" && signal.Body is [ObjectPath added, Dictionary<string, object> interfaces]
            && interfaces.TryGetValue(BluezName.Device, out var properties))
        {
            Notice(added.Value, (Dictionary<string, object>)properties);
        }
        else if (signal.Member == "InterfacesRemoved" && signal.Body is [ObjectPath removed, ..])
        {
            Notice(removed.Value, connected: false);
        }
    }

    private void Notice(string path, Dictionary<string, object> properties)
    {
        if (properties.GetValueOrDefault("Connected") is bool connected)
        {
            Notice(path, connected);
        }
    }

    private void Notice(string path, bool connected)
    {
        if (!path.StartsWith(_adapter + "/", StringComparison.Ordinal))
        {
            return;
        }

        if (connected && _centrals.TryAdd(path, true))
        {
            _log.Connected();
            _device!.Connected();
        }
        else if (!connected && _centrals.TryRemove(path, out _) && _centrals.IsEmpty)
        {
            _log.Disconnected();
            _device!.Disconnected();
        }
    }

    private async Task SetUpAsync(CancellationToken stop)
    {
        await UntilDoneAsync(async () =>
        {
            await SetAsync("Powered", stop);
            await SetAsync("Pairable", stop);
            await _application!.RegisterAsync(_adapter, stop);
            return true;
        }, stop);
        var objects = await _bus.CallAsync(BluezName.Service, "/", BusProperties.ObjectManager, "GetManagedObjects", stop);
        foreach (var (path, interfaces) in (Dictionary<string, object>)objects[0])
        {
            if (((Dictionary<string, object>)interfaces).TryGetValue(BluezName.Device, out var properties))
            {
                Notice(path, (Dictionary<string, object>)properties);
            }
        }

        _log.SetUp();
        _ready = true;
        _changes.Beat();
    }

    private void TearDown()
    {
        (_ready, _advertised) = (false, false);
        _centrals.Clear();
        _device!.Disconnected();
    }

    private async Task KeepAdvertisingAsync(CancellationToken stop)
    {
        while (true)
        {
            await _changes.UntilAsync(() => _ready && _wanted != _advertised, null, stop);
            var on = _wanted;
            try
            {
                await _application!.AdvertiseAsync(_adapter, on, stop);
                _advertised = on;
            }
            catch (BusException refused)
            {
                // An advertisement that BlueZ ended itself is not there to be taken back.
                _advertised = on ? _advertised : false;
                _log.NotAdvertised(refused.Message);
                await Task.Delay(Again, _clock, stop);
            }
        }
    }

    private Task<object[]> SetAsync(string property, CancellationToken stop) => _bus.CallAsync(
        BluezName.Service, _adapter, BusProperties.Interface, "Set", "ssv", [BluezName.Adapter, property, new Variant("b", true)], stop);

    // While bluetoothd starts there is no adapter yet, or it is busy.
    private async Task<T> UntilDoneAsync<T>(Func<Task<T>> attempt, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                return await attempt();
            }
            catch (BusException refused)
            {
                _log.NotYet(refused.Message);
                await Task.Delay(Again, _clock, stop);
            }
        }
    }

    private async Task NoticeClosedAsync(CancellationToken stop) =>
        throw new IOException($"the bus is gone: {await _bus.Closed.WaitAsync(stop)}");
}
