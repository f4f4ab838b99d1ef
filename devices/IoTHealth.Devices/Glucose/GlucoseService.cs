using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.Glucose;

/// <summary>Numbers of the Glucose Service 1.0.1.</summary>
public static class GlucoseService
{
    public static readonly Guid Service = GattUuid.Of(0x1808);
    public static readonly Guid Measurement = GattUuid.Of(0x2A18);
    public static readonly Guid Context = GattUuid.Of(0x2A34);
    public static readonly Guid ControlPoint = GattUuid.Of(0x2A52);
}
