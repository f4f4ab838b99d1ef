using System.Text;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>Bytes that no honest client would send. The same for the same seed.</summary>
internal sealed class HostileBytes(Random random, string client, string password)
{
    private readonly string _topic = $"watchover/{client}/readings";

    /// <summary>For a TCP connection on which TLS is expected.</summary>
    public byte[] Plain() => random.Next(6) switch
    {
        0 => Some(1, 2_000),
        1 => "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(),
        2 => MqttWords.Connect(client, password),
        3 => [0x16, 3, 1, 0x40, 0, .. Some(0, 500)],
        4 => [0x16, 3, 3, 0, 60, 1, 0, 0, 56, 3, 3, .. Some(54, 55)],
        _ => [],
    };

    /// <summary>For a TLS connection that was not admitted.</summary>
    public byte[] Stranger() => random.Next(7) switch
    {
        0 => Some(1, 3_000),
        1 => Mutated(MqttWords.Connect(client, password)),
        2 => MqttWords.Connect(client, password)[..random.Next(1, 20)],
        3 => [0x10, 0xFF, 0xFF, 0xFF, 0x7F],
        4 => [0x30, .. Some(4, 5), 1],
        5 => [.. MqttWords.Publish(_topic, [1], 1), .. MqttWords.Connect(client, password)],
        _ => MqttWords.Connect(random.Next(2) == 0 ? client : new string('x', random.Next(1, 4_000)), "wrong"),
    };

    /// <summary>Of an admitted client; well framed, so that the connection bears it.</summary>
    public byte[] Bearable() => random.Next(10) switch
    {
        0 => MqttWords.Ping,
        1 => MqttWords.Subscribe("alarms/#", "commands/+/x"),
        2 => MqttWords.Subscribe([.. Enumerable.Range(0, random.Next(1, 60)).Select(i => $"commands/{client}/{i}")]),
        3 => MqttWords.Packet(0xA2, [0, 1, 0, 1, (byte)'x']),
        _ => MqttWords.Publish(_topic, Payload(), random.Next(1, 65_536), random.Next(2) == 0 ? 2 : 0xB),
    };

    /// <summary>Of an admitted client; breaks a rule.</summary>
    public byte[] Unbearable() => random.Next(9) switch
    {
        0 => Some(2, 3_000),
        1 => MqttWords.Publish("watchover/neighbour/readings", [1], 1),
        2 => MqttWords.Publish(_topic, [1], 1, flags: 4),
        3 => [0x32, 0xFF, 0xFF, 0xFF, 0x7F, .. Some(0, 2_000)],
        4 => MqttWords.Connect(client, password),
        5 => Mutated(MqttWords.Publish(_topic, Payload(), 7)),
        6 => MqttWords.Publish(new string('t', random.Next(257, 60_000)), [1], 1),
        7 => MqttWords.Publish("#", [1], 0),
        _ => [0x32, 4, 0, 200, 1, 1],
    };

    private byte[] Payload() => random.Next(9) switch
    {
        0 => Some(0, 500),
        1 => Encoding.UTF8.GetBytes(new string('[', random.Next(1, 2_000))),
        2 => Encoding.UTF8.GetBytes($"{{\"seq\":{random.NextInt64()},\"ts\":\"2026-13-45T99:99:99Z\",\"hr\":61}}"),
        3 => Encoding.UTF8.GetBytes($"{{\"seq\":{random.NextInt64()},\"ts\":\"2026-11-24T01:00:00Z\",\"hr\":1e{random.Next(400)}}}"),
        4 => Encoding.UTF8.GetBytes($"[{string.Join(',', Enumerable.Repeat("{\"hr\":[]}", random.Next(1, 400)))}]"),
        5 => [.. "{\"seq\":1,\"ts\":\""u8, .. Some(20, 40), .. "\",\"hr\":61}"u8],
        6 => Mutated(Encoding.UTF8.GetBytes($"{{\"seq\":{random.NextInt64()},\"ts\":\"2026-11-24T01:00:00Z\",\"hr\":61,\"bed\":\"in\"}}")),
        7 => new byte[random.Next(100) == 0 ? 200_000 : 100],
        _ => "{}"u8.ToArray(),
    };

    private byte[] Mutated(byte[] bytes)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }

        return bytes;
    }

    private byte[] Some(int from, int below)
    {
        var bytes = new byte[random.Next(from, below)];
        random.NextBytes(bytes);
        return bytes;
    }
}
