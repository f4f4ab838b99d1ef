using System.Collections.Concurrent;
using System.Globalization;
using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>The agents that are asked when devices pair: the caller's own, else the default one.</summary>
internal sealed class MockAgents(BusConnection bus)
{
    // A number both sides would show; a person compares them.
    private const uint ShownNumber = 271828;
    private readonly ConcurrentDictionary<string, string> _paths = new(StringComparer.Ordinal);
    private volatile string? _default;

    public BusInterface Interface => new BusInterface(BluezName.AgentManager)
        .On("RegisterAgent", (call, _) => Register(call))
        .On("UnregisterAgent", (call, _) => Unregister(call))
        .On("RequestDefaultAgent", (call, _) => RequestDefault(call));

    /// <summary>Somebody has left the bus.</summary>
    public void Forget(string sender)
    {
        _paths.TryRemove(sender, out _);
        _default = _default == sender ? null : _default;
    }

    /// <summary>Asks as a device of this kind makes BlueZ ask.</summary>
    /// <exception cref="BusException">There is nobody to ask, they refuse, or the passkey is another.</exception>
    public async Task ConfirmAsync(string caller, string devicePath, DeviceIdentity device, CancellationToken cancellation)
    {
        var asked = _paths.ContainsKey(caller) ? caller : _default;
        if (asked is null || !_paths.TryGetValue(asked, out var path))
        {
            throw BluezError.AuthenticationFailed();
        }

        try
        {
            await AskAsync(asked, path, devicePath, device, cancellation);
        }
        catch (BusException refused) when (refused.Name != "org.bluez.Error.AuthenticationFailed")
        {
            throw BluezError.AuthenticationRejected();
        }
    }

    private async Task AskAsync(string agent, string path, string devicePath, DeviceIdentity device, CancellationToken cancellation)
    {
        if (device.Passkey is not { } passkey)
        {
            await bus.CallAsync(agent, path, BluezName.Agent, "RequestConfirmation", "ou", [new ObjectPath(devicePath), ShownNumber], cancellation);
            return;
        }

        var answer = await bus.CallAsync(agent, path, BluezName.Agent, "RequestPasskey", "o", [new ObjectPath(devicePath)], cancellation);
        if (Convert.ToInt64(answer[0], CultureInfo.InvariantCulture) != passkey)
        {
            throw BluezError.AuthenticationFailed();
        }
    }

    private ValueTask<BusReply> Register(BusMessage call) =>
        _paths.TryAdd(call.Sender, ((ObjectPath)call.Body[0]).Value) ? new(BusReply.Empty) : throw BluezError.AlreadyExists();

    private ValueTask<BusReply> Unregister(BusMessage call)
    {
        if (!_paths.ContainsKey(call.Sender))
        {
            throw BluezError.DoesNotExist();
        }

        Forget(call.Sender);
        return new(BusReply.Empty);
    }

    private ValueTask<BusReply> RequestDefault(BusMessage call)
    {
        if (!_paths.ContainsKey(call.Sender))
        {
            throw BluezError.DoesNotExist();
        }

        _default = call.Sender;
        return new(BusReply.Empty);
    }
}
