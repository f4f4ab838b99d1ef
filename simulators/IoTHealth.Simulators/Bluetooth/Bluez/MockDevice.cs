using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>A device as one adapter knows it: <c>org.bluez.Device1</c>. An unpaired one is forgotten once it is neither heard nor connected.</summary>
internal sealed class MockDevice
{
    private const short Strength = -60;

    // BlueZ waits for an advertisement before it gives a connection up.
    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Resolving = TimeSpan.FromMilliseconds(30);

    private readonly MockBluez _bluez;
    private readonly MockAdapter _adapter;
    private readonly BusNode _node;
    private readonly MockGatt _gatt;
    private int _heard;

    /// <summary>Under the gate.</summary>
    public MockDevice(MockBluez bluez, MockAdapter adapter, MockRadio radio)
    {
        (_bluez, _adapter, Radio) = (bluez, adapter, radio);
        Path = BluezName.DevicePath(adapter.Path, Identity.Address);
        _gatt = new MockGatt(bluez, this);
        _node = bluez.Tree.Add(Path, new BusInterface(BluezName.Device)
            .With("Address", Identity.Address)
            .With("AddressType", "public")
            .With("Name", Identity.Name)
            .With("Alias", Identity.Name, _ => ValueTask.CompletedTask)
            .With("Adapter", new ObjectPath(adapter.Path))
            .With("UUIDs", new[] { radio.Device.AdvertisedService })
            .With("RSSI", Strength)
            .With("Paired", false)
            .With("Bonded", false)
            .With("Trusted", false, _ => ValueTask.CompletedTask)
            .With("Blocked", false, _ => ValueTask.CompletedTask)
            .With("LegacyPairing", false)
            .With("Connected", false)
            .With("ServicesResolved", false)
            .On("Connect", async (_, cancellation) => await ConnectAsync(cancellation))
            .On("Disconnect", (_, _) => Disconnect())
            .On("Pair", async (call, cancellation) => await PairAsync(call.Sender, cancellation)));
    }

    public MockRadio Radio { get; }

    public string Path { get; }

    public bool IsPaired { get; private set; }

    public bool IsConnected => Radio.Link == this;

    private DeviceIdentity Identity => Radio.Device.Identity;

    /// <summary>An advertisement came. Under the gate.</summary>
    public void Heard() => Set("RSSI", (short)(Strength + (_heard++ % 5)));

    /// <summary>No more advertisements come: as with BlueZ, the last strength stands until discovery stops. Under the gate.</summary>
    public void Missed()
    {
        if (!IsConnected && !IsPaired)
        {
            _adapter.Drop(this);
        }
        else if (!_adapter.IsDiscovering)
        {
            Unhear();
        }
    }

    /// <summary>Discovery has stopped. Under the gate.</summary>
    public void Unhear()
    {
        if (_node.Get(BluezName.Device, "RSSI") is not null)
        {
            _node.Invalidate(BluezName.Device, "RSSI");
        }
    }

    /// <summary>Under the gate.</summary>
    public bool Send(GattCharacteristic characteristic, byte[] value) => _gatt.Send(characteristic, value);

    /// <summary>The connection ends, whoever ends it. Under the gate.</summary>
    public void Lose()
    {
        if (!IsConnected)
        {
            return;
        }

        Radio.Link = null;
        _gatt.Silence();
        if (!IsPaired)
        {
            _gatt.Withdraw();
        }

        Set("ServicesResolved", false);
        Set("Connected", false);
        Radio.Device.Disconnected();
        if (!Radio.IsAdvertising)
        {
            Missed();
        }
    }

    /// <summary>Under the gate.</summary>
    public void Unpair() => IsPaired = false;

    /// <summary>Under the gate.</summary>
    public void Forget(string sender) => _gatt.Forget(sender);

    /// <summary>Under the gate.</summary>
    public void Withdraw()
    {
        _gatt.Withdraw();
        _bluez.Tree.Remove(Path);
    }

    private async Task<BusReply> ConnectAsync(CancellationToken cancellation)
    {
        var connected = await _bluez.Changes.UntilAsync(TryConnect, ConnectPatience, cancellation);
        if (!connected)
        {
            throw BluezError.Failed(_adapter.IsPowered ? "le-connection-abort-by-local" : "adapter is not powered");
        }

        return BusReply.Empty;
    }

    private bool TryConnect()
    {
        lock (_bluez.Gate)
        {
            if (IsConnected)
            {
                return true;
            }

            if (!_adapter.IsPowered || !Radio.IsAdvertising || Radio.Link is not null)
            {
                return false;
            }

            Radio.Link = this;
            Set("Connected", true);
            Radio.Device.Connected();
        }

        _ = ResolveAsync();
        return true;
    }

    private async Task ResolveAsync()
    {
        await Task.Delay(Resolving, _bluez.Clock);
        lock (_bluez.Gate)
        {
            if (IsConnected)
            {
                _gatt.Export();
                Set("UUIDs", Radio.Device.Services.Select(service => service.Uuid).ToArray());
                Set("ServicesResolved", true);
            }
        }
    }

    private ValueTask<BusReply> Disconnect()
    {
        lock (_bluez.Gate)
        {
            Lose();
        }

        return new(BusReply.Empty);
    }

    private async Task<BusReply> PairAsync(string caller, CancellationToken cancellation)
    {
        if (IsPaired)
        {
            throw BluezError.AlreadyExists();
        }

        await ConnectAsync(cancellation);
        if (!Identity.NeedsPairing)
        {
            // It does not know how to.
            throw BluezError.AuthenticationFailed();
        }

        await _bluez.Agents.ConfirmAsync(caller, Path, Identity, cancellation);
        lock (_bluez.Gate)
        {
            if (!IsConnected)
            {
                throw BluezError.AuthenticationFailed();
            }

            IsPaired = true;
            Set("Paired", true);
            Set("Bonded", true);
        }

        return BusReply.Empty;
    }

    private void Set(string property, object value) => _node.Set(BluezName.Device, property, value);
}
