using System.Collections.Concurrent;
using System.Threading.Channels;
using IoTHealth.Links.DBus;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// One connection to the bus: follows what BlueZ tells, from its start to its end and its next start, until the bus is gone.
/// </summary>
internal sealed partial class BluezSession : IAsyncDisposable
{
    private const string AgentPath = "/iothealth/agent";

    private readonly ChannelReader<BusMessage> _signals;
    private readonly ConcurrentDictionary<string, ValueInbox> _inboxes = new();
    private readonly ConcurrentDictionary<string, BluezPeripheral> _peripherals = new();
    private readonly ILogger _logger;

    private volatile bool _isServed;

    private BluezSession(BusConnection bus, ChannelReader<BusMessage> signals, ILogger logger)
    {
        (Bus, _signals, _logger) = (bus, signals, logger);
        Agent = new PairingAgent(() => bus.OwnerOf(BluezName.Service));
        bus.Export(AgentPath, Agent);
    }

    public BusConnection Bus { get; }

    public BluezObjects Objects { get; } = new();

    public PairingAgent Agent { get; }

    /// <summary>One pairing at a time: BlueZ refuses a second one.</summary>
    public SemaphoreSlim Pairing { get; } = new(1);

    /// <summary>Whether BlueZ is there and has told what it has.</summary>
    public bool IsServed => _isServed;

    /// <exception cref="IOException">There is no bus.</exception>
    public static async Task<BluezSession> OpenAsync(string address, ILogger logger, CancellationToken cancellation)
    {
        var bus = await BusConnection.OpenAsync(address, cancellation);
        try
        {
            var signals = await bus.SubscribeAsync(
                [
                    new SignalMatch { Sender = BluezName.Service },
                    new SignalMatch { Sender = BusName.Bus, Interface = BusName.Bus, Member = "NameOwnerChanged" },
                ],
                cancellation);
            return new BluezSession(bus, signals, logger);
        }
        catch
        {
            await bus.DisposeAsync();
            throw;
        }
    }

    /// <summary>Follows BlueZ; ends with an exception only.</summary>
    /// <exception cref="IOException">The bus is gone, or too many of its signals waited.</exception>
    /// <exception cref="BusException">BlueZ does not answer as it should.</exception>
    public async Task FollowAsync(CancellationToken cancellation)
    {
        if (Bus.OwnerOf(BluezName.Service).Length > 0)
        {
            await MeetAsync(cancellation);
        }

        await foreach (var signal in _signals.ReadAllAsync(cancellation))
        {
            await HearAsync(signal, cancellation);
        }
    }

    /// <summary>Collects the values of a device from now on.</summary>
    public ValueInbox Collect(string device) => _inboxes[device] = new ValueInbox();

    /// <summary>Has a peripheral told when its connection ends; it is told at once where it has ended already.</summary>
    /// <param name="peripheral">The peripheral.</param>
    /// <param name="drops">How many times the device's connection had ended before this one.</param>
    public void Watch(BluezPeripheral peripheral, int drops)
    {
        _peripherals[peripheral.Path] = peripheral;
        if (Objects.Device(peripheral.Path) is not { } device || device.Drops != drops)
        {
            peripheral.Lose("the connection has ended");
        }
    }

    /// <summary>Forgets a device's values and its peripheral.</summary>
    public void Forget(string device)
    {
        _inboxes.TryRemove(device, out _);
        _peripherals.TryRemove(device, out _);
    }

    public async ValueTask DisposeAsync()
    {
        await Bus.DisposeAsync();
        LoseAll("the bus is gone");
    }

    private async Task HearAsync(BusMessage signal, CancellationToken cancellation)
    {
        switch (signal)
        {
            case { Sender: BusName.Bus, Body: [BluezName.Service, string, string owner] }:
                LoseAll("BlueZ has ended");
                if (owner.Length > 0)
                {
                    await MeetAsync(cancellation);
                }

                break;
            case { Interface: BusName.ObjectManager, Member: "InterfacesAdded", Body: [ObjectPath path, Dictionary<string, object> interfaces] }:
                Objects.Add(path.Value, interfaces);
                break;
            case { Interface: BusName.ObjectManager, Member: "InterfacesRemoved", Body: [ObjectPath path, string[] interfaces] }:
                Objects.Remove(path.Value, interfaces);
                LoseGone(path.Value, "BlueZ has removed the device");
                break;
            case { Interface: BusName.Properties, Member: "PropertiesChanged", Body: [string @interface, Dictionary<string, object> changed, string[] invalidated] }:
                Change(signal.Path, @interface, changed, invalidated);
                break;
        }
    }

    private void Change(string path, string @interface, Dictionary<string, object> changed, string[] invalidated)
    {
        if (@interface != BluezName.Characteristic)
        {
            Objects.Update(path, @interface, changed, invalidated);
            LoseGone(path, "the connection has ended");
        }
        else if (changed.GetValueOrDefault("Value") is byte[] value)
        {
            Deliver(path, value);
        }
    }

    private void Deliver(string path, byte[] value)
    {
        foreach (var (device, inbox) in _inboxes)
        {
            if (path.StartsWith(device + "/", StringComparison.Ordinal) && !inbox.Add(path, value)
                && _peripherals.TryGetValue(device, out var peripheral))
            {
                peripheral.Lose($"more than {ValueInbox.Capacity} values were waiting to be read");
                _ = DisconnectAsync(device);
            }
        }
    }

    // What could not be kept must not be lost in silence: the device is let go, and read again.
    private async Task DisconnectAsync(string device)
    {
        try
        {
            await Bus.CallAsync(BluezName.Service, device, BluezName.Device, "Disconnect", CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or BusException)
        {
            // It is gone already.
        }
    }

    // Not by what the change says but by what stands after it: a change of other properties ends nothing.
    private void LoseGone(string path, string reason)
    {
        if (Objects.Device(path) is not { IsConnected: true } && _peripherals.TryGetValue(path, out var peripheral))
        {
            peripheral.Lose(reason);
        }
    }

    private void LoseAll(string reason)
    {
        _isServed = false;
        Objects.Clear();
        foreach (var peripheral in _peripherals.Values)
        {
            peripheral.Lose(reason);
        }
    }

    // Signals that came before the answer are taken after it: each is older than the answer, and the last of them tells what stands.
    private async Task MeetAsync(CancellationToken cancellation)
    {
        var answer = await Bus.CallAsync(BluezName.Service, "/", BusName.ObjectManager, "GetManagedObjects", cancellation);
        await RegisterAgentAsync(cancellation);
        Objects.Load((Dictionary<string, object>)answer[0]);
        _isServed = true;
        LogMet(_logger, Objects.Adapters.Count);
    }

    private async Task RegisterAgentAsync(CancellationToken cancellation)
    {
        try
        {
            await Bus.CallAsync(
                BluezName.Service,
                BluezName.ManagerPath,
                BluezName.AgentManager,
                "RegisterAgent",
                "os",
                [new ObjectPath(AgentPath), "KeyboardDisplay"],
                cancellation);
        }
        catch (BusException e) when (e.Name == BluezError.AlreadyExists)
        {
            // Registered at an earlier meeting.
        }

        await Bus.CallAsync(
            BluezName.Service, BluezName.ManagerPath, BluezName.AgentManager, "RequestDefaultAgent", "o", [new ObjectPath(AgentPath)], cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "BlueZ is there, with {Adapters} adapters")]
    private static partial void LogMet(ILogger logger, int adapters);
}
