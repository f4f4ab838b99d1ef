using System.Globalization;
using IoTHealth.Links.DBus;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>One controller: <c>org.bluez.Adapter1</c>. Devices appear on it while somebody has discovery running.</summary>
internal sealed class MockAdapter
{
    private readonly MockBluez _bluez;
    private readonly BusNode _node;
    private readonly HashSet<string> _discoverers = new(StringComparer.Ordinal);
    private readonly Dictionary<MockRadio, MockDevice> _devices = [];

    public MockAdapter(MockBluez bluez, int number)
    {
        _bluez = bluez;
        Path = string.Create(CultureInfo.InvariantCulture, $"{BluezName.Root}/hci{number}");
        var address = string.Create(CultureInfo.InvariantCulture, $"00:AA:01:00:00:{number:X2}");
        _node = bluez.Tree.Add(Path, new BusInterface(BluezName.Adapter)
            .With("Address", address)
            .With("AddressType", "public")
            .With("Name", "iothealth-mock")
            .With("Alias", "iothealth-mock")
            .With("Powered", false, Power)
            .With("Pairable", true, Accept)
            .With("Discovering", false)
            .With("UUIDs", Array.Empty<string>())
            .On("SetDiscoveryFilter", (_, _) => new(BusReply.Empty))
            .On("StartDiscovery", (call, _) => StartDiscovery(call))
            .On("StopDiscovery", (call, _) => StopDiscovery(call))
            .On("RemoveDevice", (call, _) => RemoveDevice(call)));
    }

    public string Path { get; }

    public bool IsPowered => _node.Get(BluezName.Adapter, "Powered") is true;

    public bool IsDiscovering => _discoverers.Count > 0;

    /// <summary>An advertisement is heard: nothing comes of it unless somebody is discovering. Under the gate.</summary>
    public void Hear(MockRadio radio)
    {
        if (!IsDiscovering)
        {
            return;
        }

        if (!_devices.TryGetValue(radio, out var device))
        {
            _devices[radio] = device = new MockDevice(_bluez, this, radio);
        }

        device.Heard();
    }

    /// <summary>An advertisement is heard no more. Under the gate.</summary>
    public void Miss(MockRadio radio)
    {
        if (_devices.TryGetValue(radio, out var device))
        {
            device.Missed();
        }
    }

    /// <summary>Takes a device off the tree. Under the gate.</summary>
    public void Drop(MockDevice device)
    {
        device.Withdraw();
        _devices.Remove(device.Radio);
    }

    /// <summary>Somebody has left the bus. Under the gate.</summary>
    public void Forget(string sender)
    {
        if (_discoverers.Remove(sender))
        {
            TellDiscovering();
        }

        foreach (var device in _devices.Values)
        {
            device.Forget(sender);
        }
    }

    private static ValueTask Accept(object value) => ValueTask.CompletedTask;

    private ValueTask Power(object value)
    {
        lock (_bluez.Gate)
        {
            if (value is false)
            {
                _discoverers.Clear();
                TellDiscovering();
                foreach (var device in _devices.Values.ToArray())
                {
                    device.Lose();
                }
            }
        }

        return ValueTask.CompletedTask;
    }

    private ValueTask<BusReply> StartDiscovery(BusMessage call)
    {
        lock (_bluez.Gate)
        {
            if (!IsPowered)
            {
                throw BluezError.NotReady();
            }

            if (!_discoverers.Add(call.Sender))
            {
                throw BluezError.InProgress();
            }

            TellDiscovering();
            _bluez.HearAll(this);
            return new(BusReply.Empty);
        }
    }

    private ValueTask<BusReply> StopDiscovery(BusMessage call)
    {
        lock (_bluez.Gate)
        {
            if (!_discoverers.Remove(call.Sender))
            {
                throw BluezError.Failed("No discovery started");
            }

            TellDiscovering();
            return new(BusReply.Empty);
        }
    }

    private ValueTask<BusReply> RemoveDevice(BusMessage call)
    {
        lock (_bluez.Gate)
        {
            var path = ((ObjectPath)call.Body[0]).Value;
            var device = _devices.Values.FirstOrDefault(one => one.Path == path) ?? throw BluezError.DoesNotExist();
            device.Unpair();
            device.Lose();
            if (_devices.ContainsKey(device.Radio))
            {
                Drop(device);
            }

            return new(BusReply.Empty);
        }
    }

    private void TellDiscovering()
    {
        _node.Set(BluezName.Adapter, "Discovering", IsDiscovering);
        if (IsDiscovering)
        {
            return;
        }

        foreach (var device in _devices.Values)
        {
            device.Unhear();
        }
    }
}
