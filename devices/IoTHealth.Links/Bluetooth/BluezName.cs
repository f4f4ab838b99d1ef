namespace IoTHealth.Links.Bluetooth;

/// <summary>Names of BlueZ on the bus (doc/*-api of BlueZ 5).</summary>
internal static class BluezName
{
    public const string Service = "org.bluez";
    public const string ManagerPath = "/org/bluez";
    public const string Adapter = "org.bluez.Adapter1";
    public const string Agent = "org.bluez.Agent1";
    public const string AgentManager = "org.bluez.AgentManager1";
    public const string Characteristic = "org.bluez.GattCharacteristic1";
    public const string Device = "org.bluez.Device1";
}
