using System.Collections.Concurrent;
using IoTHealth.Links.DBus;
using IoTHealth.Testing;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>A central that speaks to BlueZ in single calls, and agrees to pair with the passkey it was given.</summary>
internal sealed class RawCentral : IAsyncDisposable, IBusObject
{
    private const string Bluez = "org.bluez";
    private const string Characteristic = "org.bluez.GattCharacteristic1";
    private const string Device = "org.bluez.Device1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly BusConnection _bus;
    private readonly HeardValues _values = new();
    private readonly uint _passkey;

    private RawCentral(BusConnection bus, uint passkey) => (_bus, _passkey) = (bus, passkey);

    /// <summary>What the agent was asked.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<RawCentral> OpenAsync(string address, uint passkey = 0, bool agent = true)
    {
        var central = new RawCentral(await BusConnection.OpenAsync(address, default), passkey);
        var signals = await central._bus.SubscribeAsync([new SignalMatch { Sender = Bluez, Interface = "org.freedesktop.DBus.Properties" }], default);
        _ = central._values.ListenAsync(signals);
        if (agent)
        {
            central._bus.Export("/agent", central);
            await central.CallAsync("/org/bluez", "org.bluez.AgentManager1", "RegisterAgent", "os", new ObjectPath("/agent"), "KeyboardDisplay");
        }

        return central;
    }

    public async Task DiscoverAsync(string adapter = "hci0")
    {
        await SetAsync("/org/bluez/" + adapter, "org.bluez.Adapter1", "Powered", true);
        await CallAsync("/org/bluez/" + adapter, "org.bluez.Adapter1", "SetDiscoveryFilter", "a{sv}", new Dictionary<string, object> { ["Transport"] = "le" });
        await CallAsync("/org/bluez/" + adapter, "org.bluez.Adapter1", "StartDiscovery", "");
    }

    public Task<object[]> CallAsync(string path, string @interface, string member, string signature, params object[] body) =>
        _bus.CallAsync(Bluez, path, @interface, member, signature, body, default);

    public Task SetAsync(string path, string @interface, string property, object value) =>
        CallAsync(path, "org.freedesktop.DBus.Properties", "Set", "ssv", @interface, property, value);

    public async Task<Dictionary<string, object>> ObjectsAsync() =>
        (Dictionary<string, object>)(await CallAsync("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", ""))[0];

    public async Task<object?> PropertyAsync(string path, string property) =>
        (await ObjectsAsync()).GetValueOrDefault(path) is Dictionary<string, object> interfaces
            && interfaces.GetValueOrDefault(Device) is Dictionary<string, object> device
            ? device.GetValueOrDefault(property)
            : null;

    public Task SeesAsync(string path, string property, object? value) =>
        Eventually.SeesAsync($"{path}: {property}", _ => PropertyAsync(path, property), seen => Equals(seen, value), Patience);

    public Task FindsAsync(string path) => Eventually.SeesAsync(path, _ => ObjectsAsync(), objects => objects.ContainsKey(path), Patience);

    /// <summary>Waits for the device, pairs and has its services resolved.</summary>
    public async Task PairAsync(string path)
    {
        await FindsAsync(path);
        await CallAsync(path, Device, "Pair", "");
        await SeesAsync(path, "ServicesResolved", true);
    }

    public async Task ConnectAsync(string path)
    {
        await FindsAsync(path);
        await CallAsync(path, Device, "Connect", "");
        await SeesAsync(path, "ServicesResolved", true);
    }

    public async Task<byte[]> ReadAsync(string device, ushort number) =>
        (byte[])(await CallAsync(await PathAsync(device, number), Characteristic, "ReadValue", "a{sv}", new Dictionary<string, object>()))[0];

    public async Task WriteAsync(string device, ushort number, string hex) =>
        await CallAsync(await PathAsync(device, number), Characteristic, "WriteValue", "aya{sv}", Convert.FromHexString(hex), new Dictionary<string, object>());

    public async Task NotifyAsync(string device, params ushort[] numbers)
    {
        foreach (var number in numbers)
        {
            await CallAsync(await PathAsync(device, number), Characteristic, "StartNotify", "");
        }
    }

    /// <summary>The path of a characteristic by its assigned number.</summary>
    public async Task<string> PathAsync(string device, ushort number) => (await ObjectsAsync())
        .First(one => one.Key.StartsWith(device + "/", StringComparison.Ordinal)
            && ((Dictionary<string, object>)one.Value).GetValueOrDefault(Characteristic) is Dictionary<string, object> described
            && (string)described["UUID"] == $"0000{number:x4}-0000-1000-8000-00805f9b34fb").Key;

    /// <summary>The values that came of one path, in hexadecimal.</summary>
    public string[] Values(string path) => _values.Of(path);

    public Task<string[]> ValuesAsync(string path, Func<string[], bool> enough) =>
        Eventually.SeesAsync($"values of {path}", _ => Task.FromResult(Values(path)), enough, TimeSpan.FromSeconds(20));

    public ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation)
    {
        Asked.Enqueue(call.Member);
        return new(call.Member == "RequestPasskey" ? new BusReply("u", _passkey) : BusReply.Empty);
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();
}
