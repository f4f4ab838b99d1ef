using System.Diagnostics;
using System.Net.Sockets;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>Clients that announce too much, say too little, or break the rules, are put out; others do not notice.</summary>
[Collection(Alone.Name)]
public sealed class HostileClientTests
{
    [Fact]
    public async Task Two_hundred_megabytes_announced_before_connect_close_at_once()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromSeconds(10) });
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await AssertClosedAtOnceAsync(client, MqttBytes.HugeHeader);
    }

    [Fact]
    public async Task Two_hundred_megabytes_announced_after_connect_close_at_once()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await AssertClosedAtOnceAsync(client, MqttBytes.HugeHeader);
    }

    [Theory]
    [InlineData(4_000, "CONNACK 0")]
    [InlineData(4_200, "closed")]
    public async Task A_connect_has_a_limit_of_its_own(int length, string expected)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect(new string('x', length)));
        Assert.Equal(expected, await client.NextAsync());
    }

    [Theory]
    [InlineData(256 * 1024, "PUBACK 1")]
    [InlineData((256 * 1024) + 1, "closed")]
    public async Task Packets_have_a_limit(int packetBytes, string expected)
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        var rest = packetBytes - 4 - 5;
        try
        {
            await client.SendAsync(MqttBytes.Publish("t", new byte[rest], 1));
        }
        catch (IOException)
        {
            // Closed while we wrote.
        }

        Assert.Equal(expected, await client.NextAsync());
    }

    /// <summary>A client need not wait to be admitted before it sends on (MQTT 3.1.1, section 3.1.4).</summary>
    [Fact]
    public async Task A_long_publish_right_behind_connect_is_taken()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect("a"), MqttBytes.Publish("t", new byte[100_000], 1));
        Assert.Equal(["CONNACK 0", "PUBACK 1"], [await client.NextAsync(), await client.NextAsync()]);
    }

    [Fact]
    public async Task Nothing_is_taken_of_a_client_that_is_refused()
    {
        var ingress = new ScriptedIngress { Admit = _ => MqttVerdict.Refuse("unknown") };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect("a"), MqttBytes.Publish(1));
        Assert.Equal("CONNACK 5", await client.UntilClosedAsync());
        Assert.Empty(ingress.Messages);
    }

    [Fact]
    public async Task A_client_that_cannot_be_checked_is_refused()
    {
        var ingress = new ScriptedIngress { Admit = _ => throw new IOException("registry") };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect("a"));
        Assert.Equal("CONNACK 5", await client.UntilClosedAsync());
    }

    [Fact]
    public async Task Silence_before_connect_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        var begun = Stopwatch.GetTimestamp();
        Assert.Equal("closed", await client.NextAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.1, 5);
    }

    [Fact]
    public async Task Half_a_connect_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect("a")[..9]);
        Assert.Equal("closed", await client.NextAsync());
    }

    [Fact]
    public async Task Silence_before_tls_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(0, await AnswerToPlainTextAsync(server, []));
    }

    [Fact]
    public async Task Plain_text_is_no_way_in()
    {
        await using var server = await IngressServer.StartAsync();
        await AnswerToPlainTextAsync(server, MqttBytes.Connect("a"));
        Assert.Empty(server.Ingress.Messages);
    }

    public static TheoryData<string, byte[]> Violations => new()
    {
        { "QoS 2", MqttBytes.Publish("t", [1], 1, quality: 2) },
        { "no topic", MqttBytes.Publish("", [1], 1) },
        { "a second CONNECT", MqttBytes.Connect("a") },
        { "five digits of length", [0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x01] },
        { "a topic longer than the packet", [0x32, 4, 0, 200, 1, 1] },
        { "packet type 0", [0, 0] },
        { "a server's packet", [0x20, 2, 0, 0] },
    };

    [Theory]
    [MemberData(nameof(Violations))]
    public async Task Who_breaks_the_rules_is_put_out(string what, byte[] packet)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await using var neighbour = await RawClient.ConnectAsync(server.EndPoint, "b");
        await client.SendAsync(packet);
        Assert.True(await client.UntilClosedAsync() == "", what);
        Assert.Empty(server.Ingress.Messages);
        Assert.Equal("PONG", await neighbour.PingAsync());
    }

    /// <summary>MQTTnet would ask for the rest of the packet for ever, on a whole core.</summary>
    [Fact]
    public async Task A_connection_that_ends_within_a_packet_ends()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 0);
        await client.SendAsync(MqttBytes.Publish(1), MqttBytes.Publish("t", new byte[100], 2)[..50]);
        await server.Ingress.NextAsync(1);
        await client.FinishAsync();
        await server.Ingress.EndedAsync();
    }

    [Fact]
    public async Task A_connection_that_is_cut_ends()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Publish(1));
        await server.Ingress.NextAsync(1);
        client.Drop();
        await server.Ingress.EndedAsync();
    }

    private static async Task AssertClosedAtOnceAsync(RawClient client, byte[] bytes)
    {
        var before = GC.GetTotalMemory(forceFullCollection: false);
        var begun = Stopwatch.GetTimestamp();
        await client.SendAsync(bytes);
        Assert.Equal("", await client.UntilClosedAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0, 2.5);
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: false) - before, long.MinValue, 150_000_000);
    }

    private static async Task<int> AnswerToPlainTextAsync(IngressServer server, byte[] bytes)
    {
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoint);
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        try
        {
            await tcp.GetStream().WriteAsync(bytes, late.Token);
            var buffer = new byte[100];
            var answered = await tcp.GetStream().ReadAsync(buffer, late.Token);
            return answered > 0 && buffer[0] == 0x20 ? throw new InvalidOperationException("A CONNACK in plain text.") : answered;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
