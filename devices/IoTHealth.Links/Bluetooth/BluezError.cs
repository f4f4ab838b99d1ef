using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>BlueZ's errors, and what they become for those who know nothing of a bus.</summary>
internal static class BluezError
{
    public const string AlreadyConnected = "org.bluez.Error.AlreadyConnected";
    public const string AlreadyExists = "org.bluez.Error.AlreadyExists";
    public const string AuthenticationFailed = "org.bluez.Error.AuthenticationFailed";
    public const string AuthenticationRejected = "org.bluez.Error.AuthenticationRejected";
    public const string Failed = "org.bluez.Error.Failed";
    public const string InProgress = "org.bluez.Error.InProgress";
    public const string NotSupported = "org.bluez.Error.NotSupported";
    public const string Rejected = "org.bluez.Error.Rejected";

    public static IOException Of(string what, BusException error) => new($"{what}: {error.Name}: {error.Message}", error);
}
