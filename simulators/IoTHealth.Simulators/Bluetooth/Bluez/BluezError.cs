using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>Error replies in BlueZ's words.</summary>
internal static class BluezError
{
    public static BusException Failed(string why) => new("org.bluez.Error.Failed", why);

    public static BusException NotReady() => new("org.bluez.Error.NotReady", "Resource Not Ready");

    public static BusException InProgress() => new("org.bluez.Error.InProgress", "Operation already in progress");

    public static BusException AlreadyExists() => new("org.bluez.Error.AlreadyExists", "Already Exists");

    public static BusException DoesNotExist() => new("org.bluez.Error.DoesNotExist", "Does Not Exist");

    public static BusException NotSupported() => new("org.bluez.Error.NotSupported", "Operation is not supported");

    public static BusException NotPermitted(string why) => new("org.bluez.Error.NotPermitted", why);

    public static BusException AuthenticationFailed() => new("org.bluez.Error.AuthenticationFailed", "Authentication Failed");

    public static BusException AuthenticationRejected() => new("org.bluez.Error.AuthenticationRejected", "Authentication Rejected");

    /// <summary>What a central is told when the peripheral refused.</summary>
    public static BusException Told(AttRefusal refusal) => refusal.Code switch
    {
        AttRefusal.ReadNotPermitted => NotPermitted("Read not permitted"),
        AttRefusal.WriteNotPermitted => NotPermitted("Write not permitted"),
        AttRefusal.InvalidLength => new BusException("org.bluez.Error.InvalidValueLength", "Invalid value length"),
        _ => Failed($"Operation failed with ATT error: 0x{refusal.Code:x2}"),
    };
}
