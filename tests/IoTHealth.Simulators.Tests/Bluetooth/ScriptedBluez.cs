using System.Collections.Concurrent;
using IoTHealth.Links.DBus;
using IoTHealth.Testing;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>The side of BlueZ that an application with a peripheral sees: it registers, is called, and its changes are heard.</summary>
internal sealed class ScriptedBluez : IAsyncDisposable
{
    public const string Central = "/org/bluez/hci1/dev_00_AA_01_00_00_00";
    private const string Characteristic = "org.bluez.GattCharacteristic1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly BusConnection _bus;
    private readonly HeardValues _values = new();
    private readonly BusNode _adapter;
    private readonly BusNode _central;
    private volatile string _application = "";

    private ScriptedBluez(BusConnection bus)
    {
        _bus = bus;
        var tree = new BusObjectTree(bus, "/");
        tree.Add("/org/bluez", new BusInterface("org.bluez.AgentManager1").On("RegisterAgent", Take).On("RequestDefaultAgent", Take));
        _adapter = tree.Add(
            "/org/bluez/hci1",
            new BusInterface("org.bluez.Adapter1").With("Address", "00:AA:01:00:00:01").With("Powered", false, Keep).With("Pairable", false, Keep),
            new BusInterface("org.bluez.GattManager1").On("RegisterApplication", RegisterAsync),
            new BusInterface("org.bluez.LEAdvertisingManager1").On("RegisterAdvertisement", Take).On("UnregisterAdvertisement", Take));
        _central = tree.Add(Central, new BusInterface("org.bluez.Device1").With("Connected", false).On("Disconnect", Disconnect));
    }

    /// <summary>The methods an application called, in their order.</summary>
    public ConcurrentQueue<string> Called { get; } = new();

    /// <summary>The objects of the application that is registered.</summary>
    public Dictionary<string, object> Objects { get; private set; } = [];

    public bool IsReady => _adapter.Get("org.bluez.Adapter1", "Powered") is true && _adapter.Get("org.bluez.Adapter1", "Pairable") is true;

    public bool HasCentral
    {
        get => _central.Get("org.bluez.Device1", "Connected") is true;
        set => _central.Set("org.bluez.Device1", "Connected", value);
    }

    public static async Task<ScriptedBluez> StartAsync(string address)
    {
        var bluez = new ScriptedBluez(await BusConnection.OpenAsync(address, default));
        await bluez._bus.RequestNameAsync("org.bluez", default);
        var signals = await bluez._bus.SubscribeAsync([new SignalMatch { Interface = "org.freedesktop.DBus.Properties", Member = "PropertiesChanged" }], default);
        _ = bluez._values.ListenAsync(signals);
        return bluez;
    }

    public Task HearsAsync(string member) => Eventually.HoldsAsync(member, () => Called.Contains(member), Patience);

    public string PathOf(ushort number) => Objects.First(one => Property(one.Value, "UUID") is string uuid
        && uuid.StartsWith($"0000{number:x4}-", StringComparison.Ordinal)).Key;

    public string[] Flags(ushort number) => (string[])Property(Objects[PathOf(number)], "Flags")!;

    public Task<object[]> CallAsync(ushort number, string member, string signature = "", params object[] body) =>
        _bus.CallAsync(_application, PathOf(number), Characteristic, member, signature, body, default);

    public string[] Values(ushort number) => _values.Of(PathOf(number));

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private static object? Property(object interfaces, string name) =>
        ((Dictionary<string, object>)interfaces).GetValueOrDefault(Characteristic) is Dictionary<string, object> described
            ? described.GetValueOrDefault(name)
            : null;

    private static ValueTask Keep(object value) => ValueTask.CompletedTask;

    private ValueTask<BusReply> Take(BusMessage call, CancellationToken cancellation)
    {
        Called.Enqueue(call.Member);
        return new(BusReply.Empty);
    }

    private async ValueTask<BusReply> RegisterAsync(BusMessage call, CancellationToken cancellation)
    {
        _application = call.Sender;
        var objects = await _bus.CallAsync(
            call.Sender, ((ObjectPath)call.Body[0]).Value, "org.freedesktop.DBus.ObjectManager", "GetManagedObjects", cancellation);
        Objects = (Dictionary<string, object>)objects[0];
        return await Take(call, cancellation);
    }

    private ValueTask<BusReply> Disconnect(BusMessage call, CancellationToken cancellation)
    {
        HasCentral = false;
        return Take(call, cancellation);
    }
}
