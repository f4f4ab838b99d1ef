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
    private readonly ConcurrentDictionary<string, PairingAcceptance> _accepted = new();

    /// <summary>Accepts a device until the answer is disposed.</summary>
    public PairingAcceptance Accept(string device, uint? passkey)
    {
        var acceptance = new PairingAcceptance(passkey, () => _accepted.TryRemove(device, out _));
        _accepted[device] = acceptance;
        return acceptance;
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
            "RequestConfirmation" or "DisplayPasskey" => Confirm(call),
            "RequestAuthorization" or "DisplayPinCode" => AllowWithoutPasskey(call),
            "AuthorizeService" => Allow(call),
            _ => throw new BusException(BusError.UnknownMethod, call.Member),
        });
    }

    // A device that has a passkey shall not be let in with less than it.
    private BusReply Confirm(BusMessage call)
    {
        var acceptance = Accepted(call);
        if (acceptance.Passkey is { } passkey)
        {
            if (call.Body is not [_, uint shown, ..] || shown != passkey)
            {
                throw Rejected("not the registered passkey");
            }

            acceptance.Prove();
        }

        return BusReply.Empty;
    }

    private BusReply AllowWithoutPasskey(BusMessage call) =>
        Accepted(call).Passkey is null ? BusReply.Empty : throw Rejected("not without the registered passkey");

    private BusReply Allow(BusMessage call)
    {
        Accepted(call);
        return BusReply.Empty;
    }

    private uint Passkey(BusMessage call)
    {
        var acceptance = Accepted(call);
        var passkey = acceptance.Passkey ?? throw Rejected("no passkey is registered for this device");
        acceptance.Prove();
        return passkey;
    }

    private PairingAcceptance Accepted(BusMessage call) =>
        call.Body is [ObjectPath device, ..] && _accepted.TryGetValue(device.Value, out var acceptance)
            ? acceptance
            : throw Rejected("not a registered device");

    private static BusException Rejected(string why) => new(BluezError.Rejected, why);
}
