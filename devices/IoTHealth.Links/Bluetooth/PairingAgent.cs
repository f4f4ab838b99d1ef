using System.Collections.Concurrent;
using System.Globalization;
using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>
/// Answers BlueZ's questions while it pairs: yes to the devices it was told of, with their passkey where they are asked for one,
/// and no to all others. BlueZ doc/agent-api.
/// </summary>
/// <param name="bluez">The unique name that owns BlueZ's name; nobody else is answered.</param>
internal sealed class PairingAgent(Func<string> bluez) : IBusObject
{
    private readonly ConcurrentDictionary<string, uint?> _accepted = new();

    /// <summary>Accepts a device until the answer is disposed.</summary>
    public IDisposable Accept(string device, uint? passkey)
    {
        _accepted[device] = passkey;
        return new Release(() => _accepted.TryRemove(device, out _));
    }

    public ValueTask<BusReply> CallAsync(BusMessage call, CancellationToken cancellation)
    {
        if (call.Sender != bluez())
        {
            throw Rejected("not asked by BlueZ");
        }

        return new(call.Member switch
        {
            "Release" or "Cancel" => BusReply.Empty,
            "RequestPasskey" => new("u", Passkey(call)),
            "RequestPinCode" => new("s", Passkey(call).ToString("D6", CultureInfo.InvariantCulture)),
            "RequestConfirmation" => Confirm(call),
            "RequestAuthorization" or "AuthorizeService" or "DisplayPasskey" or "DisplayPinCode" => Allow(call),
            _ => throw new BusException(BusError.UnknownMethod, call.Member),
        });
    }

    // A device that has a passkey shall not be let in with less than it.
    private BusReply Confirm(BusMessage call) => Accepted(call) switch
    {
        null => BusReply.Empty,
        { } passkey when call.Body is [_, uint shown] && shown == passkey => BusReply.Empty,
        _ => throw Rejected("not the registered passkey"),
    };

    private BusReply Allow(BusMessage call)
    {
        Accepted(call);
        return BusReply.Empty;
    }

    private uint Passkey(BusMessage call) => Accepted(call) ?? throw Rejected("no passkey is registered for this device");

    private uint? Accepted(BusMessage call) =>
        call.Body is [ObjectPath device, ..] && _accepted.TryGetValue(device.Value, out var passkey) ? passkey : throw Rejected("not a registered device");

    private static BusException Rejected(string why) => new(BluezError.Rejected, why);
}
