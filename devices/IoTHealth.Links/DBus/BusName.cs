namespace IoTHealth.Links.DBus;

/// <summary>Names that the D-Bus Specification gives: the bus itself and the common interfaces.</summary>
public static class BusName
{
    public const string Bus = "org.freedesktop.DBus";
    public const string BusPath = "/org/freedesktop/DBus";
    public const string ObjectManager = "org.freedesktop.DBus.ObjectManager";
    public const string Peer = "org.freedesktop.DBus.Peer";
    public const string Properties = "org.freedesktop.DBus.Properties";
}
