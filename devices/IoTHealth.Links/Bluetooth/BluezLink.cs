using IoTHealth.Links.DBus;

namespace IoTHealth.Links.Bluetooth;

/// <summary>One device on one bus connection.</summary>
/// <param name="Path">Path of the device.</param>
internal sealed record BluezLink(BusConnection Bus, BluezObjects Objects, TimeProvider Time, string Address, string Path);
