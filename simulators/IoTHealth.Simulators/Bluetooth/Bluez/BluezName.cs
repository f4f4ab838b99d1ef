namespace IoTHealth.Simulators.Bluetooth.Bluez;

/// <summary>Names of BlueZ's D-Bus interfaces.</summary>
internal static class BluezName
{
    public const string Service = "org.bluez";
    public const string Root = "/org/bluez";
    public const string Adapter = "org.bluez.Adapter1";
    public const string Agent = "org.bluez.Agent1";
    public const string AgentManager = "org.bluez.AgentManager1";
    public const string Device = "org.bluez.Device1";
    public const string GattService = "org.bluez.GattService1";
    public const string GattCharacteristic = "org.bluez.GattCharacteristic1";
    public const string GattManager = "org.bluez.GattManager1";
    public const string Advertisement = "org.bluez.LEAdvertisement1";
    public const string AdvertisingManager = "org.bluez.LEAdvertisingManager1";

    /// <summary>Where BlueZ puts a device.</summary>
    public static string DevicePath(string adapterPath, string address) => $"{adapterPath}/dev_{address.Replace(':', '_')}";
}
