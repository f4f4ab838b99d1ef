using System.Collections.Concurrent;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>A device of a <see cref="ScriptedBluez"/> with the characteristics 2A35 and 2A25; it is in reach once it is advertised.</summary>
internal sealed class ScriptedDevice(ScriptedBluez bluez, string address, string adapter = "hci0")
{
    public const string Device1 = "org.bluez.Device1";
    public const string Characteristic1 = "org.bluez.GattCharacteristic1";

    private BusNode? _node;
    private short _strength;
    private volatile bool _isAdvertising;
    private BusNode? _pressure;

    public string Adapter => adapter;

    public string Path { get; } = $"/org/bluez/{adapter}/dev_{address.Replace(':', '_')}";

    public bool IsPaired { get; set; }

    /// <summary>What happens when it is paired; by default it just pairs.</summary>
    public Func<Task> Pairing { get; set; } = () => Task.CompletedTask;

    /// <summary>What happens when it is connected, before its services are resolved.</summary>
    public Func<Task> Connecting { get; set; } = () => Task.CompletedTask;

    /// <summary>What happens before it is disconnected.</summary>
    public Func<Task> Disconnecting { get; set; } = () => Task.CompletedTask;

    /// <summary>Answers a read of 2A25.</summary>
    public Func<Task<byte[]>> Reading { get; set; } = () => Task.FromResult("B-0001"u8.ToArray());

    /// <summary>Answers StartNotify of 2A35.</summary>
    public Func<Task> Notifying { get; set; } = () => Task.CompletedTask;

    /// <summary>Methods called of the device and its characteristics.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public byte[] Written { get; private set; } = [];

    public bool IsConnected => _node?.Get(Device1, "Connected") is true;

    public bool IsTrusted => _node?.Get(Device1, "Trusted") is true;

    public void Advertise(short rssi = -50)
    {
        (_strength, _isAdvertising) = (rssi, true);
        _node = Node();
        bluez.Devices[Path] = this;
    }

    /// <summary>It is switched off, or asleep; BlueZ notices only when discovery ends.</summary>
    public void FallSilent() => _isAdvertising = false;

    /// <summary>It is heard, by a discovery that is on.</summary>
    public void Hear()
    {
        _isAdvertising = true;
        _node ??= Node();
        _node.Set(Device1, "RSSI", _strength);
    }

    /// <summary>Discovery begins or ends on its adapter.</summary>
    public void Discover(bool on)
    {
        if (on && _isAdvertising && !IsConnected)
        {
            Hear();
        }
        else if (!on && !_isAdvertising && _node?.Get(Device1, "RSSI") is not null)
        {
            _node.Invalidate(Device1, "RSSI");
        }
    }

    /// <summary>BlueZ removes it with its bond.</summary>
    public void Unbond()
    {
        IsPaired = false;
        foreach (var path in new[] { "/service0001/char0001", "/service0002/char0001", "" })
        {
            bluez.Tree.Remove(Path + path);
        }

        (_node, _pressure) = (null, null);
    }

    /// <summary>Another program pairs it.</summary>
    public void PairElsewhere() => _node!.Set(Device1, "Paired", IsPaired = true);

    private BusNode Node() => bluez.Tree.Add(Path, new BusInterface(Device1)
        .With("Address", address)
        .With("RSSI", _strength)
        .With("Paired", IsPaired)
        .With("Connected", false)
        .With("ServicesResolved", false)
        .With("Trusted", false, _ => default)
        .On("Pair", async (_, _) => await Called("Pair", PairAsync))
        .On("Connect", async (_, _) => await Called("Connect", ConnectAsync))
        .On("Disconnect", async (_, _) => await Called("Disconnect", DisconnectAsync)));

    public void Indicate(byte[] value) => _pressure!.Set(Characteristic1, "Value", value);

    /// <summary>The connection ends of itself.</summary>
    public void Drop() => _node!.Set(Device1, "Connected", false);

    public void Remove()
    {
        bluez.Devices.TryRemove(Path, out _);
        bluez.Tree.Remove(Path);
    }

    /// <summary>Adds the services, as BlueZ does once it has connected.</summary>
    public void ResolveServices()
    {
        _pressure ??= bluez.Tree.Add(Path + "/service0001/char0001", new BusInterface(Characteristic1)
            .With("UUID", "00002a35-0000-1000-8000-00805f9b34fb")
            .With("Value", Array.Empty<byte>())
            .On("StartNotify", async (_, _) => await Called("StartNotify", Notifying)));
        if (bluez.Tree.Find(Path + "/service0002/char0001") is null)
        {
            bluez.Tree.Add(Path + "/service0002/char0001", new BusInterface(Characteristic1)
                .With("UUID", "00002a25-0000-1000-8000-00805f9b34fb")
                .On("ReadValue", async (_, _) => new BusReply("ay", await Reading()))
                .On("WriteValue", (call, _) => Write(call)));
        }
    }

    private ValueTask<BusReply> Write(BusMessage call)
    {
        Written = (byte[])call.Body[0];
        Calls.Enqueue("WriteValue " + ((Dictionary<string, object>)call.Body[1])["type"]);
        return new(BusReply.Empty);
    }

    private async Task<BusReply> Called(string method, Func<Task> action)
    {
        Calls.Enqueue(method);
        await action();
        return BusReply.Empty;
    }

    private async Task PairAsync()
    {
        await Pairing();
        _node!.Set(Device1, "Paired", true);
    }

    private async Task ConnectAsync()
    {
        ResolveServices();
        _node!.Set(Device1, "Connected", true);
        await Connecting();
        _node.Set(Device1, "ServicesResolved", true);
    }

    private async Task DisconnectAsync()
    {
        await Disconnecting();
        _node!.Set(Device1, "ServicesResolved", false);
        _node.Set(Device1, "Connected", false);
    }
}
