namespace IoTHealth.Links.Bluetooth;

/// <summary>UUIDs of the Bluetooth SIG. Core Specification, volume 3, part B, section 2.5.1.</summary>
public static class GattUuid
{
    /// <summary>The full form of an assigned 16-bit number.</summary>
    public static Guid Of(ushort assigned) => new(assigned, 0x0000, 0x1000, 0x80, 0x00, 0x00, 0x80, 0x5F, 0x9B, 0x34, 0xFB);
}
