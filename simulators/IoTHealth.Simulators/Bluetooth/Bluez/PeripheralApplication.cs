using System.Globalization;
using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>What BlueZ is shown of a device: the tree of its services, its advertisement, and an agent that agrees to every pairing.</summary>
internal sealed class PeripheralApplication
{
    private const string Root = "/iothealth/device";
    private const string AdvertisementPath = "/iothealth/advertisement";
    private const string AgentPath = "/iothealth/agent";
    private const string AdvertisementRoot = "/iothealth";
    private static readonly string[] Agreements =
        ["Release", "Cancel", "RequestConfirmation", "RequestAuthorization", "AuthorizeService", "DisplayPasskey", "DisplayPinCode"];

    private readonly BusConnection _bus;
    private readonly GattDevice _device;
    private readonly BusObjectTree _tree;
    private readonly Dictionary<GattCharacteristic, BusNode> _nodes = [];

    public PeripheralApplication(BusConnection bus, GattDevice device)
    {
        (_bus, _device, _tree) = (bus, device, new BusObjectTree(bus, Root));
        var number = 0;
        foreach (var service in device.Services)
        {
            Export(service, string.Create(CultureInfo.InvariantCulture, $"{Root}/service{number++:x4}"));
        }

        var others = new BusObjectTree(bus, AdvertisementRoot);
        others.Add(AdvertisementPath, Advertisement());
        others.Add(AgentPath, Agent());
    }

    /// <summary>Sends a notification or indication to whoever is subscribed.</summary>
    public void Send(GattCharacteristic characteristic, byte[] value) => _nodes[characteristic].Set(BluezName.GattCharacteristic, "Value", value);

    /// <exception cref="BusException">BlueZ refuses.</exception>
    public async Task RegisterAsync(string adapter, CancellationToken cancellation)
    {
        await UnlessThereAsync(_bus.CallAsync(
            BluezName.Service, BluezName.Root, BluezName.AgentManager, "RegisterAgent", "os", [new ObjectPath(AgentPath), "KeyboardDisplay"], cancellation));
        await UnlessThereAsync(_bus.CallAsync(
            BluezName.Service, adapter, BluezName.GattManager, "RegisterApplication", "oa{sv}", [new ObjectPath(Root), new Dictionary<string, object>()], cancellation));
    }

    /// <summary>Begins or ends advertising.</summary>
    /// <exception cref="BusException">BlueZ refuses.</exception>
    public async Task AdvertiseAsync(string adapter, bool on, CancellationToken cancellation)
    {
        if (on)
        {
            // A gateway under the same bluetoothd makes itself the default too; who connects to us is ours to answer.
            await _bus.CallAsync(BluezName.Service, BluezName.Root, BluezName.AgentManager, "RequestDefaultAgent", "o", [new ObjectPath(AgentPath)], cancellation);
            await UnlessThereAsync(_bus.CallAsync(
                BluezName.Service,
                adapter,
                BluezName.AdvertisingManager,
                "RegisterAdvertisement",
                "oa{sv}",
                [new ObjectPath(AdvertisementPath), new Dictionary<string, object>()],
                cancellation));
        }
        else
        {
            await _bus.CallAsync(
                BluezName.Service, adapter, BluezName.AdvertisingManager, "UnregisterAdvertisement", "o", [new ObjectPath(AdvertisementPath)], cancellation);
        }
    }

    private static async Task UnlessThereAsync(Task<object[]> call)
    {
        try
        {
            await call;
        }
        catch (BusException there) when (there.Name == "org.bluez.Error.AlreadyExists")
        {
            // A part of an earlier attempt.
        }
    }

    private BusInterface Advertisement() => new BusInterface(BluezName.Advertisement)
        .With("Type", "peripheral")
        .With("ServiceUUIDs", new[] { _device.AdvertisedService })
        .With("LocalName", _device.Identity.Name)
        .On("Release", (_, _) => new(BusReply.Empty));

    private static BusInterface Agent() =>
        Agreements.Aggregate(new BusInterface(BluezName.Agent), (agent, method) => agent.On(method, (_, _) => new(BusReply.Empty)));

    private void Export(GattService service, string path)
    {
        _tree.Add(path, new BusInterface(BluezName.GattService).With("UUID", service.Uuid).With("Primary", true));
        var number = 0;
        foreach (var characteristic in service.Characteristics)
        {
            _nodes[characteristic] = Export(characteristic, path, string.Create(CultureInfo.InvariantCulture, $"{path}/char{number++:x4}"));
        }
    }

    private BusNode Export(GattCharacteristic characteristic, string service, string path)
    {
        var pairing = characteristic.IsProtected && _device.Identity.NeedsPairing;
        return _tree.Add(path, new BusInterface(BluezName.GattCharacteristic)
            .With("UUID", characteristic.Uuid)
            .With("Service", new ObjectPath(service))
            .With("Flags", pairing ? GattFlags.Encrypted(characteristic.Access) : GattFlags.Of(characteristic.Access))
            .On("ReadValue", (_, _) => new(new BusReply("ay", Ask(characteristic.Read))))
            .On("WriteValue", (call, _) => new(Ask(() =>
            {
                characteristic.Write((byte[])call.Body[0]);
                return BusReply.Empty;
            })))
            .On("StartNotify", (_, _) => Subscribe(characteristic, true))
            .On("StopNotify", (_, _) => Subscribe(characteristic, false))
            .On("Confirm", (_, _) => new(BusReply.Empty)));
    }

    private ValueTask<BusReply> Subscribe(GattCharacteristic characteristic, bool on)
    {
        _device.Subscribe(characteristic, on);
        return new(BusReply.Empty);
    }

    // BlueZ passes an application's own error code on when it stands in the message.
    private static T Ask<T>(Func<T> device)
    {
        try
        {
            return device();
        }
        catch (AttRefusal refusal)
        {
            throw refusal.Code == AttRefusal.InvalidLength ? BluezError.Told(refusal) : BluezError.Failed($"0x{refusal.Code:x2}");
        }
    }
}
