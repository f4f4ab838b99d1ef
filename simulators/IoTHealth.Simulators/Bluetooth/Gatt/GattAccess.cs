namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>What a central may do with a characteristic.</summary>
[Flags]
internal enum GattAccess
{
    Read = 1,
    Write = 2,
    Notify = 4,
    Indicate = 8,
}
