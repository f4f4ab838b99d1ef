using System.Text;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices;

/// <summary>What a Bluetooth LE device tells of itself (Device Information Service 1.1), held against the registry.</summary>
internal static class DeviceInformation
{
    private static readonly Guid SerialNumber = GattUuid.Of(0x2A25);

    /// <summary>Why this is not the registered device, or null. A device that tells no serial number is known by its address alone.</summary>
    public static async Task<string?> StrangerAsync(IGattPeripheral peripheral, DeviceContext device, CancellationToken cancellation)
    {
        var told = Text(await ReadAsync(peripheral, SerialNumber, cancellation));
        return told.Length == 0 || device.Serial.Length == 0 || told.Equals(device.Serial.Trim(), StringComparison.OrdinalIgnoreCase)
            ? null
            : $"the device at this address says serial {told}, not the registered one";
    }

    /// <summary>The value of a characteristic; empty where it is not there or cannot be read.</summary>
    public static async Task<byte[]> ReadAsync(IGattPeripheral peripheral, Guid characteristic, CancellationToken cancellation)
    {
        try
        {
            return peripheral.Has(characteristic) ? await peripheral.ReadAsync(characteristic, cancellation) : [];
        }
        catch (IOException)
        {
            // It refuses, or has gone; values that came before it went are still waiting to be taken.
            return [];
        }
    }

    // Fixed buffers are filled up with NULs or blanks; text ends at the first NUL.
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).Split('\0')[0].Trim();
}
