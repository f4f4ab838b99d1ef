using System.Globalization;
using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>A connected device's services and characteristics on the tree, and who listens to which.</summary>
internal sealed class MockGatt(MockBluez bluez, MockDevice device)
{
    private readonly Dictionary<GattCharacteristic, Exported> _characteristics = [];
    private readonly List<string> _services = [];

    /// <summary>Under the gate, as all here.</summary>
    public void Export()
    {
        if (_services.Count > 0)
        {
            return;
        }

        var handle = 1;
        foreach (var service in device.Radio.Device.Services)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{device.Path}/service{handle++:x4}");
            bluez.Tree.Add(path, new BusInterface(BluezName.GattService)
                .With("UUID", service.Uuid).With("Device", new ObjectPath(device.Path)).With("Primary", true).With("Includes", Array.Empty<ObjectPath>()));
            _services.Add(path);
            foreach (var characteristic in service.Characteristics)
            {
                Export(characteristic, path, string.Create(CultureInfo.InvariantCulture, $"{path}/char{handle++:x4}"));
            }
        }
    }

    public void Withdraw()
    {
        foreach (var path in _characteristics.Values.Select(exported => exported.Node.Path).Concat(_services))
        {
            bluez.Tree.Remove(path);
        }

        _characteristics.Clear();
        _services.Clear();
    }

    public bool Send(GattCharacteristic characteristic, byte[] value)
    {
        if (!_characteristics.TryGetValue(characteristic, out var exported))
        {
            return false;
        }

        exported.Node.Set(BluezName.GattCharacteristic, "Value", value);
        return true;
    }

    /// <summary>The connection has ended: nobody listens any more.</summary>
    public void Silence()
    {
        foreach (var exported in _characteristics.Values.Where(exported => exported.Listeners.Count > 0))
        {
            exported.Listeners.Clear();
            exported.Node.Set(BluezName.GattCharacteristic, "Notifying", false);
        }
    }

    /// <summary>Somebody has left the bus.</summary>
    public void Forget(string sender)
    {
        foreach (var (characteristic, exported) in _characteristics)
        {
            StopListening(characteristic, exported, sender);
        }
    }

    private void Export(GattCharacteristic characteristic, string service, string path)
    {
        var described = new BusInterface(BluezName.GattCharacteristic)
            .With("UUID", characteristic.Uuid)
            .With("Service", new ObjectPath(service))
            .With("Value", Array.Empty<byte>())
            .With("Flags", GattFlags.Of(characteristic.Access))
            .With("MTU", (ushort)185)
            .On("ReadValue", (_, _) => Read(characteristic))
            .On("WriteValue", (call, _) => Write(characteristic, (byte[])call.Body[0]))
            .On("StartNotify", (call, _) => StartNotify(characteristic, call.Sender))
            .On("StopNotify", (call, _) => StopNotify(characteristic, call.Sender));
        var node = bluez.Tree.Add(path, characteristic.CanSubscribe ? described.With("Notifying", false) : described);
        _characteristics[characteristic] = new Exported(node, new HashSet<string>(StringComparer.Ordinal));
    }

    private ValueTask<BusReply> Read(GattCharacteristic characteristic)
    {
        Check(characteristic, GattAccess.Read, BluezError.NotPermitted("Read not permitted"));
        return new(new BusReply("ay", Ask(characteristic.Read)));
    }

    private ValueTask<BusReply> Write(GattCharacteristic characteristic, byte[] value)
    {
        Check(characteristic, GattAccess.Write, BluezError.NotPermitted("Write not permitted"));
        return new(Ask(() =>
        {
            characteristic.Write(value);
            return BusReply.Empty;
        }));
    }

    private ValueTask<BusReply> StartNotify(GattCharacteristic characteristic, string sender)
    {
        lock (bluez.Gate)
        {
            Check(characteristic, GattAccess.Notify | GattAccess.Indicate, BluezError.NotSupported());
            var exported = _characteristics[characteristic];
            if (!exported.Listeners.Add(sender))
            {
                throw BluezError.InProgress();
            }

            if (exported.Listeners.Count == 1)
            {
                exported.Node.Set(BluezName.GattCharacteristic, "Notifying", true);
                device.Radio.Device.Subscribe(characteristic, true);
            }

            return new(BusReply.Empty);
        }
    }

    private ValueTask<BusReply> StopNotify(GattCharacteristic characteristic, string sender)
    {
        lock (bluez.Gate)
        {
            return _characteristics.TryGetValue(characteristic, out var exported) && StopListening(characteristic, exported, sender)
                ? new(BusReply.Empty)
                : throw BluezError.Failed("No notify session started");
        }
    }

    private bool StopListening(GattCharacteristic characteristic, Exported exported, string sender)
    {
        var listened = exported.Listeners.Remove(sender);
        if (listened && exported.Listeners.Count == 0)
        {
            exported.Node.Set(BluezName.GattCharacteristic, "Notifying", false);
            device.Radio.Device.Subscribe(characteristic, false);
        }

        return listened;
    }

    private void Check(GattCharacteristic characteristic, GattAccess any, BusException otherwise)
    {
        lock (bluez.Gate)
        {
            if (!device.IsConnected || !_characteristics.ContainsKey(characteristic))
            {
                throw BluezError.Failed("Not connected");
            }

            if ((characteristic.Access & any) == 0)
            {
                throw otherwise;
            }

            if (characteristic.IsProtected && device.Radio.Device.Identity.NeedsPairing && !device.IsPaired)
            {
                throw BluezError.NotPermitted("Not paired");
            }
        }
    }

    private static T Ask<T>(Func<T> device)
    {
        try
        {
            return device();
        }
        catch (AttRefusal refusal)
        {
            throw BluezError.Told(refusal);
        }
    }

    /// <param name="Listeners">Bus names that have called StartNotify.</param>
    private sealed record Exported(BusNode Node, HashSet<string> Listeners);
}
