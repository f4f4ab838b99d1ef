using System.Buffers.Binary;
using System.Collections.Concurrent;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Links.Bluetooth;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.BloodPressure;

/// <summary>
/// Looks at the clock of a cuff and sets it, by Current Time (2A2B, Current Time Service 1.1) or Date Time (2A08): cuffs are often
/// used with a clock that nobody has set. Remembers which clock was off, because readings of before may come in a later connection.
/// </summary>
/// <param name="time">The gateway's clock.</param>
/// <param name="isSynchronised">Whether the gateway's clock is kept right; otherwise no cuff is judged or set by it.</param>
internal sealed class CuffClock(TimeProvider time, Func<bool> isSynchronised)
{
    private const byte ByExternalReference = 0x02;

    private static readonly Guid CurrentTime = GattUuid.Of(0x2A2B);
    private static readonly Guid DateAndTime = GattUuid.Of(0x2A08);
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    /// <summary>No right clock shows less. A gateway without a battery wakes in the past, and must not pass that on.</summary>
    private static readonly DateTimeOffset Written = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    // Since when a clock that was off is right, local; null while it is off.
    private readonly ConcurrentDictionary<DeviceId, DateTime?> _rightSince = [];

    /// <summary>
    /// Looks at the clock and writes the local time of the device's zone where the gateway's own is kept right. A device that does not
    /// take it keeps its own.
    /// </summary>
    /// <returns>What the clock showed, as of now, and whether it was set; null where neither could be done.</returns>
    public async Task<DecodedClock?> SetAsync(IGattPeripheral peripheral, DeviceContext device, CancellationToken cancellation)
    {
        var (canRead, shown) = await ReadAsync(peripheral, cancellation);
        var looked = time.GetTimestamp();
        var isSet = time.GetUtcNow() >= Written && isSynchronised() && await SetAsync(peripheral, device, canRead, shown, cancellation);
        var now = shown is { } then ? new DeviceTime(then + time.GetElapsedTime(looked), null) : null;
        return canRead || isSet ? new DecodedClock(now, isSet) : null;
    }

    private async Task<bool> SetAsync(IGattPeripheral peripheral, DeviceContext device, bool canRead, DateTime? shown, CancellationToken cancellation)
    {
        // A clock that does not know its date is off; of one that cannot be read nothing is known.
        bool? isOff = canRead ? shown is null || (shown.Value - Local(device)).Duration() > Tolerance : null;
        var local = Local(device);
        var isSet = await TryWriteAsync(peripheral, CurrentTime, CurrentTimeOf(local), cancellation)
            || await TryWriteAsync(peripheral, DateAndTime, DateTimeOf(local), cancellation);
        var stayedOff = _rightSince.TryGetValue(device.Id, out var since) && since is null;
        if (isOff == true || (isOff == false && stayedOff))
        {
            // Cuffs count whole seconds.
            _rightSince[device.Id] = isSet || isOff == false ? local - OneSecond : null;
        }

        return isSet;
    }

    /// <summary>
    /// Whether this time stamp comes of a clock that was found to be off by more than two minutes: one that the clock cannot have shown
    /// since it is right, or any while it could not be set.
    /// </summary>
    public bool WasOff(DeviceContext device, DateTime stamp) =>
        _rightSince.TryGetValue(device.Id, out var since) && (since is null || stamp < since || stamp > Local(device) + Tolerance);

    private DateTime Local(DeviceContext device) => TimeZoneInfo.ConvertTime(time.GetUtcNow(), device.Zone).DateTime;

    private static async Task<(bool CanRead, DateTime? Shown)> ReadAsync(IGattPeripheral peripheral, CancellationToken cancellation)
    {
        foreach (var characteristic in new[] { CurrentTime, DateAndTime })
        {
            var bytes = await DeviceInformation.ReadAsync(peripheral, characteristic, cancellation);
            if (bytes.Length >= GattDateTime.Length)
            {
                return (true, GattDateTime.Read(bytes).ToDateTime());
            }
        }

        return (false, null);
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
