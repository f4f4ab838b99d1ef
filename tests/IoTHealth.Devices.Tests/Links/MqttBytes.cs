using System.Buffers.Binary;
using System.Text;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>MQTT packets made by hand, so that nothing stands between a test and the bytes.</summary>
internal static class MqttBytes
{
    public static readonly byte[] Ping = [0xC0, 0];

    /// <summary>A remaining length of 200 MB and not one byte of it.</summary>
    public static readonly byte[] HugeHeader = [0x30, .. Length(200_000_000)];

    public static byte[] Connect(string client, int version = 4, int keepAliveSeconds = 0, (string Topic, string Text)? will = null)
    {
        var flags = (byte)(0x02 | (will is null ? 0 : 0x04 | 0x08));
        byte[] properties = version == 5 ? [0] : [];
        byte[] willBytes = will is { } last ? [.. properties, .. Text(last.Topic), .. Text(last.Text)] : [];
        return Packet(0x10, [.. Text("MQTT"), (byte)version, flags, .. Number(keepAliveSeconds), .. properties, .. Text(client), .. willBytes]);
    }

    public static byte[] Publish(string topic, byte[] payload, int id, int quality = 1, bool retain = false, int version = 4, int alias = 0)
    {
        byte[] properties = version != 5 ? [] : alias > 0 ? [3, 0x23, .. Number(alias)] : [0];
        byte[] identifier = quality > 0 ? Number(id) : [];
        return Packet((byte)(0x30 | (quality << 1) | (retain ? 1 : 0)), [.. Text(topic), .. identifier, .. properties, .. payload]);
    }

    public static byte[] Publish(int id) => Publish("t", [1], id);

    public static byte[] Subscribe(int version, params string[] filters)
    {
        byte[] properties = version == 5 ? [0] : [];
        return Packet(0x82, [.. Number(77), .. properties, .. filters.SelectMany(filter => Text(filter).Append((byte)1))]);
    }

    private static byte[] Packet(byte first, byte[] body) => [first, .. Length(body.Length), .. body];

    private static byte[] Number(int value)
    {
        var bytes = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        return bytes;
    }

    private static byte[] Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        return [.. Number(bytes.Length), .. bytes];
    }

    private static byte[] Length(int length)
    {
        var digits = new List<byte>();
        do
        {
            digits.Add((byte)(length % 128 | (length > 127 ? 0x80 : 0)));
            length /= 128;
        }
        while (length > 0);
        return [.. digits];
    }
}
