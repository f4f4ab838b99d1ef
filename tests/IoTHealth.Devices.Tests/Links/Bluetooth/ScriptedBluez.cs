using System.Collections.Concurrent;
using IoTHealth.Devices.Tests.Links.DBus;
using IoTHealth.Links.DBus;

namespace IoTHealth.Devices.Tests.Links.Bluetooth;

/// <summary>A small <c>org.bluez</c> on a private bus: adapters, a list of agents, and devices that a test scripts.</summary>
internal sealed class ScriptedBluez
{
    public const string Service = "org.bluez";
    public const string Adapter1 = "org.bluez.Adapter1";

    private readonly Dictionary<string, BusNode> _adapters = [];

    private ScriptedBluez(BusConnection bus)
    {
        (Bus, Tree) = (bus, new BusObjectTree(bus, "/"));
        Tree.Add("/org/bluez", new BusInterface("org.bluez.AgentManager1")
            .On("RegisterAgent", RegisterAgent)
            .On("RequestDefaultAgent", (_, _) => new(BusReply.Empty)));
    }

    public BusConnection Bus { get; }

    public BusObjectTree Tree { get; }

    /// <summary>Adapter and method of each call of an adapter, such as <c>hci0 StartDiscovery</c>.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    /// <summary>Devices by path; each discovery that begins hears those that advertise.</summary>
    public ConcurrentDictionary<string, ScriptedDevice> Devices { get; } = new();

    /// <summary>Delays the answer to each call of an adapter or of the list of agents.</summary>
    public Func<Task> Answering { get; set; } = () => Task.CompletedTask;

    public (string Owner, string Path, string Capability)? Agent { get; private set; }

    public static async Task<ScriptedBluez> StartAsync(PrivateBus bus, params string[] adapters)
    {
        var bluez = new ScriptedBluez(await bus.ConnectAsync());
        foreach (var adapter in adapters.DefaultIfEmpty("hci0"))
        {
            bluez.AddAdapter(adapter);
        }

        await bluez.Bus.RequestNameAsync(Service, CancellationToken.None);
        return bluez;
    }

    public bool Get(string adapter, string property) => (bool)_adapters[adapter].Get(Adapter1, property)!;

    public void AddAdapter(string name, Func<object, ValueTask>? power = null) =>
        _adapters[name] = Tree.Add("/org/bluez/" + name, new BusInterface(Adapter1)
            .With("Powered", false, power ?? (_ => default))
            .With("Discovering", false)
            .On("SetDiscoveryFilter", (call, _) => Note(name, "SetDiscoveryFilter " + ((Dictionary<string, object>)call.Body[0])["Transport"]))
            .On("StartDiscovery", (_, _) => Discover(name, "StartDiscovery", true))
            .On("StopDiscovery", (_, _) => Discover(name, "StopDiscovery", false))
            .On("RemoveDevice", (call, _) => RemoveDevice(name, ((ObjectPath)call.Body[0]).Value)));

    /// <summary>Asks the agent as BlueZ does.</summary>
    public async Task<object[]> AskAsync(string member, string signature, params object[] body) =>
        await Bus.CallAsync(Agent!.Value.Owner, Agent.Value.Path, "org.bluez.Agent1", member, signature, body, CancellationToken.None);

    private async ValueTask<BusReply> RegisterAgent(BusMessage call, CancellationToken cancellation)
    {
        await Answering();
        Agent = (call.Sender, ((ObjectPath)call.Body[0]).Value, (string)call.Body[1]);
        return BusReply.Empty;
    }

    // As BlueZ: the last strength of a device that has fallen silent stands until discovery ends.
    private async ValueTask<BusReply> Discover(string adapter, string method, bool on)
    {
        await Answering();
        _adapters[adapter].Set(Adapter1, "Discovering", on);
        foreach (var device in Devices.Values.Where(device => device.Adapter == adapter))
        {
            device.Discover(on);
        }

        return await Note(adapter, method);
    }

    private ValueTask<BusReply> RemoveDevice(string adapter, string device)
    {
        Devices[device].Unbond();
        return Note(adapter, "RemoveDevice");
    }

    private ValueTask<BusReply> Note(string adapter, string call)
    {
        Calls.Enqueue($"{adapter} {call}");
        return new(BusReply.Empty);
    }
}
