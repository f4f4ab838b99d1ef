using System.Globalization;

namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>Assigned numbers of the Bluetooth SIG, as UUIDs in the text form BlueZ uses.</summary>
internal static class AssignedNumber
{
    public static readonly string CurrentTimeService = Uuid(0x1805);
    public static readonly string GlucoseService = Uuid(0x1808);
    public static readonly string DeviceInformationService = Uuid(0x180A);
    public static readonly string BatteryService = Uuid(0x180F);
    public static readonly string BloodPressureService = Uuid(0x1810);

    public static readonly string GlucoseMeasurement = Uuid(0x2A18);
    public static readonly string BatteryLevel = Uuid(0x2A19);
    public static readonly string ModelNumber = Uuid(0x2A24);
    public static readonly string SerialNumber = Uuid(0x2A25);
    public static readonly string ManufacturerName = Uuid(0x2A29);
    public static readonly string CurrentTime = Uuid(0x2A2B);
    public static readonly string GlucoseContext = Uuid(0x2A34);
    public static readonly string BloodPressureMeasurement = Uuid(0x2A35);
    public static readonly string BloodPressureFeature = Uuid(0x2A49);
    public static readonly string GlucoseFeature = Uuid(0x2A51);
    public static readonly string RecordAccessControlPoint = Uuid(0x2A52);

    private static string Uuid(int number) => number.ToString("x8", CultureInfo.InvariantCulture) + "-0000-1000-8000-00805f9b34fb";
}
