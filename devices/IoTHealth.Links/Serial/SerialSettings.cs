namespace IoTHealth.Links.Serial;

/// <summary>How a serial line is spoken: 8 data bits, no parity, one stop bit, as every meter we read has it.</summary>
/// <param name="Path">The device file, for example <c>/dev/serial/by-id/usb-…</c>, which names the adapter and not the socket it is in.</param>
/// <param name="Baud">Line speed, bits per second; one of <see cref="LineSpeeds.Known"/>.</param>
public sealed record SerialSettings(string Path, int Baud);

/// <summary>Line speeds and the constants Linux knows them by (asm-generic/termbits.h).</summary>
public static class LineSpeeds
{
    private static readonly Dictionary<int, uint> Constants = new()
    {
        [1200] = 9, [2400] = 11, [4800] = 12, [9600] = 13, [19200] = 14, [38400] = 15, [57600] = 0x1001, [115200] = 0x1002, [230400] = 0x1003,
    };

    public static IReadOnlyCollection<int> Known => Constants.Keys;

    /// <exception cref="ArgumentException">There is no such speed.</exception>
    internal static uint Constant(int baud) => Constants.TryGetValue(baud, out var constant)
        ? constant
        : throw new ArgumentException($"{baud} baud is not one of {string.Join(", ", Constants.Keys)}");
}
