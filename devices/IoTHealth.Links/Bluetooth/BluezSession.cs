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
    private readonly ConcurrentDictionary<string, KnownPeripheral> _open = new();
    private readonly ConcurrentDictionary<string, BluezPeripheral> _peripherals = new();
    private readonly IReadOnlyDictionary<string, KnownPeripheral> _known;
    private readonly BluezOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;

    private volatile bool _isServed;

    private BluezSession(
        BusConnection bus,
        ChannelReader<BusMessage> signals,
        IReadOnlyDictionary<string, KnownPeripheral> known,
        BluezOptions options,
        TimeProvider time,
        ILogger logger)
    {
        (Bus, _signals, _known, _options, _time, _logger) = (bus, signals, known, options, time, logger);
        Agent = new PairingAgent(() => bus.OwnerOf(BluezName.Service));
        bus.Export(AgentPath, Agent);
    }

    public BusConnection Bus { get; }

    public BluezObjects Objects { get; } = new();

    public PairingAgent Agent { get; }

    /// <summary>One pairing at a time on all adapters: BlueZ asks the agent one thing at a time.</summary>
    public SemaphoreSlim Pairing { get; } = new(1);

    /// <summary>Whether BlueZ is there and has told what it has.</summary>
    public bool IsServed => _isServed;

    /// <param name="known">The wanted peripherals, by address.</param>
    /// <param name="options">Which bus.</param>
    /// <param name="time">Bounds what BlueZ is asked.</param>
    /// <param name="logger">Is told of BlueZ.</param>
    /// <param name="cancellation">Gives it up.</param>
    /// <exception cref="IOException">There is no bus.</exception>
    public static async Task<BluezSession> OpenAsync(
        IReadOnlyDictionary<string, KnownPeripheral> known, BluezOptions options, TimeProvider time, ILogger logger, CancellationToken cancellation)
    {
        var bus = await BusConnection.OpenAsync(options.Bus, cancellation);
        try
        {
            var signals = await bus.SubscribeAsync(
                [
                    new SignalMatch { Sender = BluezName.Service },
                    new SignalMatch { Sender = BusName.Bus, Interface = BusName.Bus, Member = "NameOwnerChanged" },
                ],
                cancellation);
            return new BluezSession(bus, signals, known, options, time, logger);
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

    /// <summary>Asks BlueZ what needs no peripheral.</summary>
    /// <exception cref="IOException">The bus is gone, or BlueZ is stuck.</exception>
    /// <exception cref="BusException">BlueZ refuses.</exception>
    public Task<object[]> AskAsync(
        string path, string @interface, string member, string signature, object[] body, CancellationToken cancellation) =>
        AskAsync(path, @interface, member, signature, body, _options.AnswerTimeout, cancellation);

    /// <inheritdoc cref="AskAsync(string, string, string, string, object[], CancellationToken)"/>
    public async Task<object[]> AskAsync(
        string path, string @interface, string member, string signature, object[] body, TimeSpan timeout, CancellationToken cancellation)
    {
        using var late = new CancellationTokenSource(timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, late.Token);
        try
        {
            return await Bus.CallAsync(BluezName.Service, path, @interface, member, signature, body, either.Token);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new IOException($"BlueZ has not answered {member} within {timeout.TotalSeconds} s", e);
        }
    }

    /// <summary>Collects the values of a device from now on, whether it is paired or not.</summary>
    public void Collect(string device, KnownPeripheral known)
    {
        known.Inbox.Begin();
        _open[device] = known;
    }

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

    /// <summary>The connection, among those on these adapters, that has been quiet longest and long enough; null where there is none.</summary>
    public BluezPeripheral? Quietest(IReadOnlyList<string> adapters) => _peripherals.Values
        .Where(peripheral => adapters.Contains(new BluezDevice(peripheral.Path).Adapter))
        .Select(peripheral => (Peripheral: peripheral, peripheral.Quiet))
        .Where(one => one.Quiet >= _options.QuietBeforeGivingPlace)
        .OrderByDescending(one => one.Quiet)
        .FirstOrDefault().Peripheral;

    /// <summary>Forgets a device's connection.</summary>
    public void Forget(string device)
    {
        _open.TryRemove(device, out _);
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
                See(Objects.Device(path.Value));
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
            See(Objects.Device(path));
            LoseGone(path, "the connection has ended");
        }
        else if (changed.GetValueOrDefault("Value") is byte[] value)
        {
            Deliver(path, value);
        }
    }

    // Of a device that nobody is connecting with only where it is paired: BlueZ may have connected with it by itself.
    private void Deliver(string path, byte[] value)
    {
        var device = Above(Above(path));
        var peripheral = _peripherals.GetValueOrDefault(device);
        peripheral?.Stir();
        var bonded = Objects.Device(device) is { IsPaired: true } paired ? _known.GetValueOrDefault(paired.Address) : null;
        if ((_open.GetValueOrDefault(device) ?? bonded) is { } known && !known.Inbox.Add(path[device.Length..], value))
        {
            // What could not be kept must not be lost in silence: the device is let go, and read again.
            _ = peripheral?.CloseAsync($"more than {ValueInbox.Capacity} values were waiting to be read");
        }
    }

    private static string Above(string path) => path[..Math.Max(0, path.LastIndexOf('/'))];

    private void See(BluezDevice? device)
    {
        if (device is not null)
        {
            _known.GetValueOrDefault(device.Address)?.See(device);
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
        var answer = await AskAsync("/", BusName.ObjectManager, "GetManagedObjects", "", [], cancellation);
        await RegisterAgentAsync(cancellation);
        Objects.Load((Dictionary<string, object>)answer[0]);
        foreach (var device in Objects.Devices)
        {
            See(device);
        }

        _isServed = true;
        LogMet(_logger, Objects.Adapters.Count);
    }

    private async Task RegisterAgentAsync(CancellationToken cancellation)
    {
        try
        {
            await AskAsync(
                BluezName.ManagerPath, BluezName.AgentManager, "RegisterAgent", "os", [new ObjectPath(AgentPath), "KeyboardDisplay"], cancellation);
        }
        catch (BusException e) when (e.Name == BluezError.AlreadyExists)
        {
            // Registered at an earlier meeting.
        }

        await AskAsync(BluezName.ManagerPath, BluezName.AgentManager, "RequestDefaultAgent", "o", [new ObjectPath(AgentPath)], cancellation);
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "BlueZ is there, with {Adapters} adapters")]
    private static partial void LogMet(ILogger logger, int adapters);
}
