namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>Standard interfaces of D-Bus.</summary>
internal static class BusProperties
{
    public const string Interface = "org.freedesktop.DBus.Properties";
    public const string ObjectManager = "org.freedesktop.DBus.ObjectManager";
}
