using System.Text;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>MQTT 3.1.1 packets made by hand.</summary>
internal static class MqttWords
{
    public static readonly byte[] Ping = [0xC0, 0];

    public static byte[] Connect(string client, string password, int keepAliveSeconds = 30) => Packet(
        0x10, [.. Text("MQTT"), 4, 0xC2, (byte)(keepAliveSeconds >> 8), (byte)keepAliveSeconds, .. Text(client), .. Text(client), .. Text(password)]);

    public static byte[] Publish(string topic, byte[] payload, int id, int flags = 2) =>
        Packet((byte)(0x30 | flags), [.. Text(topic), (byte)(id >> 8), (byte)id, .. payload]);

    public static byte[] Subscribe(params string[] filters) => Packet(0x82, [0, 9, .. filters.SelectMany(filter => Text(filter).Append((byte)1))]);

    public static byte[] Packet(byte first, byte[] body)
    {
        var bytes = new List<byte> { first };
        var length = body.Length;
        do
        {
            bytes.Add((byte)((length & 0x7F) | (length > 0x7F ? 0x80 : 0)));
            length >>= 7;
        }
        while (length > 0);
        return [.. bytes, .. body];
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [(byte)(bytes.Length >> 8), (byte)bytes.Length, .. bytes];
    }
}
