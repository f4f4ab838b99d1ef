using System.Text;

namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>A primary service.</summary>
internal sealed record GattService(string Uuid, IReadOnlyList<GattCharacteristic> Characteristics)
{
    private const byte BatteryPercent = 87;

    /// <summary>What every device of ours tells about itself, to anybody.</summary>
    public static IEnumerable<GattService> Common(string model, string serial) =>
    [
        new(AssignedNumber.DeviceInformationService,
        [
            Text(AssignedNumber.ManufacturerName, "IoTHealth"), Text(AssignedNumber.ModelNumber, model), Text(AssignedNumber.SerialNumber, serial),
        ]),
        new(AssignedNumber.BatteryService, [GattCharacteristic.Constant(AssignedNumber.BatteryLevel, isProtected: false, BatteryPercent)]),
    ];

    private static GattCharacteristic Text(string uuid, string text) =>
        GattCharacteristic.Constant(uuid, isProtected: false, Encoding.UTF8.GetBytes(text));
}
