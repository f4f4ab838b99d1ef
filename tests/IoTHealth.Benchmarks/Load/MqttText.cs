using System.Text;

namespace IoTHealth.Benchmarks.Load;

/// <summary>The few MQTT 3.1.1 packets that a load is made of.</summary>
internal static class MqttText
{
    public static byte[] Of(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }

    public static byte[] Connect(string key, string? password)
    {
        byte[] credential = password is null ? [] : [.. Of(key), .. Of(password)];
        var flags = (byte)(0x02 | (password is null ? 0 : 0xC0));
        return Packet(0x10, [.. Of("MQTT"), 4, flags, 0, 0, .. Of(key), .. credential]);
    }

    public static byte[] Packet(byte first, byte[] body)
    {
        var header = new List<byte> { first };
        var length = body.Length;
        do
        {
            header.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. header, .. body];
    }
}
