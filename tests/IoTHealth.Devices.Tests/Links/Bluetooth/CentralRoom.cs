using IoTHealth.Devices.Tests.Links.DBus;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>A private bus with a scripted BlueZ and a central on it.</summary>
internal sealed class CentralRoom : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    public static readonly Guid Pressure = GattUuid.Of(0x2A35);
    public static readonly Guid Serial = GattUuid.Of(0x2A25);

    private CentralRoom(PrivateBus bus, ScriptedBluez bluez, BluezCentral central) => (Bus, Bluez, Central) = (bus, bluez, central);

    public PrivateBus Bus { get; }

    public ScriptedBluez Bluez { get; private set; }

    public BluezCentral Central { get; }

    public static async Task<CentralRoom> OpenAsync(Func<BluezOptions, BluezOptions>? change = null, params string[] adapters)
    {
        var bus = await PrivateBus.StartAsync();
        var bluez = await ScriptedBluez.StartAsync(bus, adapters);
        var options = new BluezOptions
        {
            Bus = bus.Daemon.Address,
            DiscoveryRestart = TimeSpan.FromMilliseconds(100),
            FirstRetry = TimeSpan.FromMilliseconds(50),
        };
        var central = new BluezCentral(change?.Invoke(options) ?? options, NullLogger.Instance, TimeProvider.System);
        return new CentralRoom(bus, bluez, central);
    }

    /// <summary>A further start of BlueZ, as after its end.</summary>
    public async Task StartBluezAsync() => Bluez = await ScriptedBluez.StartAsync(Bus);

    public ScriptedDevice Device(int number, string adapter = "hci0") => new(Bluez, Address(number).Address, adapter);

    public static PeripheralAddress Address(int number) => new($"C0:26:DA:00:00:{number:X2}");

    public Task<BluezPeripheral> ConnectAsync(PeripheralAddress address) => Central.ConnectAsync(address, CancellationToken.None).WaitAsync(Patience);

    public Task<BluezPeripheral> ConnectAsync(int number) => ConnectAsync(Address(number));

    public static Task HoldsAsync(string what, Func<bool> condition) => Eventually.HoldsAsync(what, condition, Patience);

    public async ValueTask DisposeAsync()
    {
        await Central.DisposeAsync();
        await Bus.DisposeAsync();
    }
}
