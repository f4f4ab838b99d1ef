using System.Collections.Concurrent;
using System.Text;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices;

/// <summary>
/// What Bluetooth LE devices tell of themselves (Device Information Service 1.1), held against the registry. Remembers which device
/// was found to be the registered one, for as long as the driver lives.
/// </summary>
internal sealed class DeviceInformation
{
    private static readonly Guid SerialNumber = GattUuid.Of(0x2A25);

    private readonly ConcurrentDictionary<(string Address, string Serial), bool> _checked = [];

    /// <summary>The value of a characteristic; empty where it is not there or cannot be read.</summary>
    public static async Task<byte[]> ReadAsync(IGattPeripheral peripheral, Guid characteristic, CancellationToken cancellation) =>
        peripheral.Has(characteristic) ? await TryReadAsync(peripheral, characteristic, cancellation) ?? [] : [];

    /// <summary>
    /// Why this is not known to be the registered device, or null. A device that tells no serial number is known by its address alone;
    /// one whose serial number cannot be read was either checked before or is a stranger. To be asked before the first subscription:
    /// many devices hang up as soon as they have sent what they hold.
    /// </summary>
    public async Task<string?> StrangerAsync(IGattPeripheral peripheral, DeviceContext device, CancellationToken cancellation)
    {
        var registered = device.Serial.Trim();
        if (registered.Length == 0 || !peripheral.Has(SerialNumber))
        {
            return null;
        }

        var asked = (peripheral.Address, registered);
        if (await TryReadAsync(peripheral, SerialNumber, cancellation) is not { } bytes)
        {
            return _checked.ContainsKey(asked) ? null : "the serial number of the device at this address could not be read";
        }

        var told = Text(bytes);
        if (told.Length == 0 || told.Equals(registered, StringComparison.OrdinalIgnoreCase))
        {
            _checked[asked] = true;
            return null;
        }

        _checked.TryRemove(asked, out _);
        return $"the device at this address says serial {told}, not the registered one";
    }

    private static async Task<byte[]?> TryReadAsync(IGattPeripheral peripheral, Guid characteristic, CancellationToken cancellation)
    {
        try
        {
            return await peripheral.ReadAsync(characteristic, cancellation);
        }
        catch (IOException)
        {
            // It refuses, or has gone; values that came before it went are still waiting to be taken.
            return null;
        }
    }

    // Fixed buffers are filled up with NULs or blanks; text ends at the first NUL.
    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes).Split('\0')[0].Trim();
}
