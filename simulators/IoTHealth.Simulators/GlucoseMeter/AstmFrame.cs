using System.Globalization;
using System.Text;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>Control characters and frames of ASTM E1381 (CLSI LIS01-A2), as a sender needs them.</summary>
internal static class AstmFrame
{
    public const byte Stx = 0x02;
    public const byte Etx = 0x03;
    public const byte Eot = 0x04;
    public const byte Enq = 0x05;
    public const byte Ack = 0x06;
    public const byte Nak = 0x15;
    public const byte Etb = 0x17;

    /// <summary>STX, number, text, ETB or ETX, checksum, CR, LF.</summary>
    /// <param name="place">The frame's place in the message, from 1; its number is that modulo 8.</param>
    public static byte[] Encode(int place, string text, bool isLast)
    {
        var summed = $"{place % 8}{text}{(char)(isLast ? Etx : Etb)}";
        var checksum = (summed.Sum(letter => letter) % 256).ToString("X2", CultureInfo.InvariantCulture);
        return Encoding.Latin1.GetBytes($"{(char)Stx}{summed}{checksum}\r\n");
    }

    /// <summary>A whole message, one record a frame.</summary>
    public static byte[][] EncodeAll(IReadOnlyList<string> records) =>
        [.. records.Select((record, n) => Encode(n + 1, record + "\r", n == records.Count - 1))];
}
