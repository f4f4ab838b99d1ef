using System.Buffers.Binary;
using IoTHealth.Simulators.Bluetooth.Gatt;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary>Current Time (2A2B) of the Current Time Service: date, time, day of the week, 1/256 s and the reason of an adjustment; ten bytes.</summary>
internal static class CurrentTime
{
    private const int Length = 10;

    public static byte[] Encode(DateTime time) => new ValueWriter()
        .DateTime(time)
        .Byte(time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek)
        .Byte(time.Millisecond * 256 / 1000)
        .Byte(0)
        .ToArray();

    /// <exception cref="AttRefusal">It has another length, or names no moment.</exception>
    public static DateTime Decode(byte[] value)
    {
        if (value.Length != Length)
        {
            throw new AttRefusal(AttRefusal.InvalidLength);
        }

        try
        {
            return new DateTime(BinaryPrimitives.ReadUInt16LittleEndian(value), value[2], value[3], value[4], value[5], value[6])
                .AddMilliseconds(value[8] * 1000 / 256);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new AttRefusal(AttRefusal.DataFieldIgnored);
        }
    }
}
