using System.Globalization;
using System.Text;

namespace IoTHealth.Devices.Codecs.Astm;

/// <summary>
/// One frame of ASTM E1381 (CLSI LIS01-A2, section 6.3): STX, frame number, text, ETB or ETX, checksum, CR, LF. The checksum is the
/// sum of all bytes from the frame number through ETB/ETX, modulo 256, as two upper-case hexadecimal digits.
/// </summary>
/// <param name="Number">0 to 7; counts 1 … 7, 0, 1 …</param>
/// <param name="IsLast">True for ETX: the message's last frame.</param>
/// <param name="Text">The text between number and ETB/ETX, Latin-1.</param>
/// <param name="Checksum">Two hexadecimal digits.</param>
public sealed record AstmFrame(int Number, bool IsLast, string Text, string Checksum)
{
    public const byte Stx = 0x02;
    public const byte Etx = 0x03;
    public const byte Eot = 0x04;
    public const byte Enq = 0x05;
    public const byte Ack = 0x06;
    public const byte Nak = 0x15;
    public const byte Etb = 0x17;

    /// <summary>Longest frame that is read; the standard allows 240 of text, meters send whole records.</summary>
    public const int BytesMaximum = 4 * 1024;

    // STX, number, ETB/ETX, two digits, CR, LF.
    private const int Overhead = 7;

    /// <summary>Reads one whole frame, from STX through LF.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out AstmFrame frame, out string reason)
    {
        frame = null!;
        if (Mistake(bytes) is { } mistake)
        {
            reason = mistake;
            return false;
        }

        var end = bytes.Length - 5;
        var checksum = Encoding.ASCII.GetString(bytes.Slice(end + 1, 2));
        var expected = Sum(bytes[1..(end + 1)]).ToString("X2", CultureInfo.InvariantCulture);
        if (checksum != expected)
        {
            reason = $"the checksum is {expected}, not {checksum}";
            return false;
        }

        frame = new AstmFrame(bytes[1] - '0', bytes[end] == Etx, Encoding.Latin1.GetString(bytes[2..end]), checksum);
        reason = "";
        return true;
    }

    /// <summary>Sum of the bytes modulo 256.</summary>
    public static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        foreach (var value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    private static string? Mistake(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length is < Overhead or > BytesMaximum)
        {
            return $"a frame of {bytes.Length} bytes";
        }

        if (bytes[0] != Stx || bytes[^2] != '\r' || bytes[^1] != '\n')
        {
            return "it does not begin with STX and end with CR LF";
        }

        if (bytes[1] is < (byte)'0' or > (byte)'7')
        {
            return "the frame number is not a digit from 0 to 7";
        }

        return bytes[^5] is Etb or Etx ? null : "there is no ETB or ETX before the checksum";
    }
}
