using System.Buffers.Binary;
using IoTHealth.Links.Bluetooth;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Sets the clock of a cuff, by Current Time (2A2B, Current Time Service 1.1) or Date Time (2A08): cuffs are often used with
/// a clock that nobody has set.
/// </summary>
/// <param name="time">The gateway's clock.</param>
internal sealed class CuffClock(TimeProvider time)
{
    private const byte ByExternalReference = 0x02;

    private static readonly Guid CurrentTime = GattUuid.Of(0x2A2B);
    private static readonly Guid DateAndTime = GattUuid.Of(0x2A08);

    /// <summary>A gateway without a battery wakes in the past until its own clock is set, and must not pass that on.</summary>
    private static readonly DateTimeOffset Written = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Writes the local time of the device's zone. A device that does not take it keeps its own.</summary>
    public async Task SetAsync(IGattPeripheral peripheral, DeviceContext device, CancellationToken cancellation)
    {
        var now = time.GetUtcNow();
        if (now >= Written)
        {
            var local = TimeZoneInfo.ConvertTime(now, device.Zone).DateTime;
            _ = await TryWriteAsync(peripheral, CurrentTime, CurrentTimeOf(local), cancellation)
                || await TryWriteAsync(peripheral, DateAndTime, DateTimeOf(local), cancellation);
        }
    }

    private static async Task<bool> TryWriteAsync(IGattPeripheral peripheral, Guid characteristic, byte[] value, CancellationToken cancellation)
    {
        try
        {
            if (!peripheral.Has(characteristic))
            {
                return false;
            }

            await peripheral.WriteAsync(characteristic, value, cancellation);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    // Monday is 1, Sunday 7.
    private static byte[] CurrentTimeOf(DateTime local) =>
        [.. DateTimeOf(local), (byte)(((int)local.DayOfWeek + 6) % 7 + 1), (byte)(local.Millisecond * 256 / 1000), ByExternalReference];

    private static byte[] DateTimeOf(DateTime local)
    {
        byte[] bytes = [0, 0, (byte)local.Month, (byte)local.Day, (byte)local.Hour, (byte)local.Minute, (byte)local.Second];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)local.Year);
        return bytes;
    }
}
