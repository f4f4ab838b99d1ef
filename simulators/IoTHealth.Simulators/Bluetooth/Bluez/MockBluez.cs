using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>
/// Plays BlueZ on a private bus: owns <c>org.bluez</c>, has adapters, and lets simulated devices be discovered, paired, connected and
/// listened to as BlueZ does.
/// </summary>
internal sealed class MockBluez : IAsyncDisposable
{
    private static readonly TimeSpan AdvertisingInterval = TimeSpan.FromMilliseconds(500);
    private readonly BusConnection _bus;
    private readonly List<MockAdapter> _adapters = [];
    private readonly List<MockRadio> _radios = [];

    private MockBluez(BusConnection bus, TimeProvider clock)
    {
        (_bus, Clock, Changes) = (bus, clock, new Pulse(clock));
        Tree = new BusObjectTree(bus, "/");
        Agents = new MockAgents(bus);
        Tree.Add(BluezName.Root, Agents.Interface);
    }

    public TimeProvider Clock { get; }

    public BusObjectTree Tree { get; }

    public MockAgents Agents { get; }

    /// <summary>Held by whoever changes what the mock knows.</summary>
    public Lock Gate { get; } = new();

    /// <summary>Beats when a device begins or ends to advertise.</summary>
    public Pulse Changes { get; }

    /// <exception cref="IOException">There is no such bus, or it has a BlueZ already.</exception>
    public static async Task<MockBluez> OpenAsync(string address, int adapters, TimeProvider clock, CancellationToken cancellation)
    {
        var bluez = new MockBluez(await BusConnection.OpenAsync(address, cancellation), clock);
        try
        {
            bluez._adapters.AddRange(Enumerable.Range(0, adapters).Select(number => new MockAdapter(bluez, number)));
            await bluez._bus.RequestNameAsync(BluezName.Service, cancellation);
            return bluez;
        }
        catch
        {
            await bluez.DisposeAsync();
            throw;
        }
    }

    /// <summary>Lets the devices live until stopped.</summary>
    /// <exception cref="IOException">The bus is gone.</exception>
    public async Task RunAsync(IEnumerable<GattDevice> devices, CancellationToken stop)
    {
        _radios.AddRange(devices.Select(device => new MockRadio(this, device)));
        await Together.RunAsync(
            stop,
            [
                AdvertiseAsync, ForgetLeaversAsync, NoticeClosedAsync,
                .. _radios.Select<MockRadio, Func<CancellationToken, Task>>(radio => each => radio.Device.RunAsync(radio, each)),
            ]);
    }

    /// <summary>Tells all adapters whether a device is heard. Under the gate.</summary>
    public void Tell(MockRadio radio)
    {
        foreach (var adapter in _adapters)
        {
            if (radio.IsAdvertising)
            {
                adapter.Hear(radio);
            }
            else
            {
                adapter.Miss(radio);
            }
        }

        Changes.Beat();
    }

    /// <summary>Lets one adapter hear all that advertise. Under the gate.</summary>
    public void HearAll(MockAdapter adapter)
    {
        foreach (var radio in _radios.Where(radio => radio.IsAdvertising))
        {
            adapter.Hear(radio);
        }
    }

    public ValueTask DisposeAsync() => _bus.DisposeAsync();

    private async Task AdvertiseAsync(CancellationToken stop)
    {
        using var interval = new PeriodicTimer(AdvertisingInterval, Clock);
        while (await interval.WaitForNextTickAsync(stop))
        {
            lock (Gate)
            {
                _adapters.ForEach(HearAll);
            }
        }
    }

    // As BlueZ, it ends discovery, agents and listening of programs that are gone.
    private async Task ForgetLeaversAsync(CancellationToken stop)
    {
        var owners = await _bus.SubscribeAsync(
            [new SignalMatch { Sender = "org.freedesktop.DBus", Interface = "org.freedesktop.DBus", Member = "NameOwnerChanged" }], stop);
        await foreach (var change in owners.ReadAllAsync(stop))
        {
            if (change.Body is [string name, _, ""])
            {
                lock (Gate)
                {
                    Agents.Forget(name);
                    _adapters.ForEach(adapter => adapter.Forget(name));
                }
            }
        }
    }

    private async Task NoticeClosedAsync(CancellationToken stop) =>
        throw new IOException($"the bus is gone: {await _bus.Closed.WaitAsync(stop)}");
}
