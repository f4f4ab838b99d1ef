using System.Diagnostics;
using System.Net.Sockets;
using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>What one client may cost, and that its neighbours do not pay for it.</summary>
public sealed class ClientLimitTests
{
    private static readonly ScriptedIngress Taking = new() { Take = ScriptedIngress.AcceptAsync };

    /// <summary>Slowed, and nothing dropped.</summary>
    [Fact]
    public async Task Who_publishes_too_fast_is_read_more_slowly()
    {
        await using var server = await IngressServer.StartAsync(
            options => options with { PacketsPerSecond = 200, Burst = TimeSpan.FromMilliseconds(100) }, new ScriptedIngress { Take = ScriptedIngress.AcceptAsync });
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await using var neighbour = await RawClient.ConnectAsync(server.EndPoint, "b");
        var begun = Stopwatch.GetTimestamp();
        await client.SendAsync([.. Enumerable.Range(1, 220).Select(MqttBytes.Publish)]);
        for (var id = 1; id <= 220; id++)
        {
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
            if (id % 50 == 0)
            {
                var asked = Stopwatch.GetTimestamp();
                Assert.Equal("PONG", await neighbour.PingAsync());
                Assert.InRange(Stopwatch.GetElapsedTime(asked).TotalSeconds, 0, 0.5);
            }
        }

        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.6, 10);
    }

    [Fact]
    public async Task Who_sends_too_much_is_read_more_slowly()
    {
        await using var server = await IngressServer.StartAsync(
            options => options with { BytesPerSecond = 500_000, Burst = TimeSpan.FromMilliseconds(100) }, new ScriptedIngress { Take = ScriptedIngress.AcceptAsync });
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        var begun = Stopwatch.GetTimestamp();
        var sending = client.SendAsync([.. Enumerable.Range(1, 5).Select(id => MqttBytes.Publish("t", new byte[100_000], id))]);
        for (var id = 1; id <= 5; id++)
        {
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
        }

        await sending;
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.5, 10);
    }

    [Fact]
    public async Task Connections_of_one_address_are_bounded()
    {
        var log = new ListLogger();
        await using var server = await IngressServer.StartAsync(options => options with { MaximumConnectionsPerAddress = 2 }, log: log);
        await using var first = await RawClient.ConnectAsync(server.EndPoint);
        await using var second = await RawClient.ConnectAsync(server.EndPoint, "b");
        Assert.False(await IsLetInAsync(server));
        Assert.Contains(log.Lines, line => line.Contains("2 connections of its address are open", StringComparison.Ordinal));
        Assert.Equal("PONG", await first.PingAsync());
        second.Drop();
        await Eventually.SeesAsync("room again", _ => IsLetInAsync(server), isLetIn => isLetIn, TimeSpan.FromSeconds(5));
    }

    /// <summary>Every byte comes in time, and the CONNECT never does.</summary>
    [Fact]
    public async Task A_connect_byte_by_byte_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(400) });
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        var closed = client.NextAsync();
        foreach (var one in MqttBytes.Connect(new string('x', 200)))
        {
            if (closed.IsCompleted)
            {
                break;
            }

            await SendOrFailAsync(client, one);
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        Assert.Equal("closed", await closed);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.2, 5);
    }

    /// <summary>The same by TLS: a record announced and dripped.</summary>
    [Fact]
    public async Task A_handshake_byte_by_byte_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { ConnectTimeout = TimeSpan.FromMilliseconds(400) });
        using var tcp = new TcpClient();
        await tcp.ConnectAsync(server.EndPoint);
        var stream = tcp.GetStream();
        var begun = Stopwatch.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var reading = stream.ReadAsync(new byte[10]).AsTask();
        foreach (var one in new byte[] { 0x16, 3, 1, 1, 0, 1, 0, 0, 0xFC, 3, 3 }.Concat(new byte[200]))
        {
            if (reading.IsCompleted)
            {
                break;
            }

            await stream.WriteAsync(new[] { one });
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }

        await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(5)));
        Assert.True(reading.IsCompleted);
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 0.2, 4);
    }

    [Fact]
    public async Task A_packet_that_is_never_whole_is_not_waited_for()
    {
        await using var server = await IngressServer.StartAsync(options => options with { PacketTimeout = TimeSpan.FromMilliseconds(500) }, Taking);
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 0);
        await client.SendAsync(MqttBytes.Publish("t", new byte[1_000], 1)[..500]);
        Assert.Equal("closed", await client.NextAsync());
    }

    [Fact]
    public async Task Silence_without_keep_alive_has_a_bound_too()
    {
        await using var server = await IngressServer.StartAsync(options => options with { SilenceMaximum = TimeSpan.FromMilliseconds(500) });
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 0);
        Assert.Equal("closed", await client.NextAsync());
    }

    /// <summary>A station that hears alarms and reads none of them.</summary>
    [Fact]
    public async Task Who_does_not_read_is_put_out()
    {
        var log = new ListLogger();
        await using var server = await IngressServer.StartAsync(options => options with { UnreadTimeout = TimeSpan.FromMilliseconds(500) }, log: log);
        await using var deaf = await RawClient.ConnectAsync(server.EndPoint, "deaf");
        await using var other = await RawClient.ConnectAsync(server.EndPoint, "other");
        await deaf.SendAsync(MqttBytes.Subscribe(4, "alarms/#"));
        Assert.Equal("SUBACK 01", await deaf.NextAsync());
        for (var i = 0; i < 200; i++)
        {
            await server.PublishAsync("alarms/x", new byte[100_000]);
        }

        await Eventually.HoldsAsync("it is put out", () => log.Lines.Any(line => line.Contains("deaf", StringComparison.Ordinal) && line.Contains("did not read", StringComparison.Ordinal)), TimeSpan.FromSeconds(8));
        Assert.Equal("PONG", await other.PingAsync());
    }

    [Theory]
    [InlineData(16, "SUBACK 01010101010101010101010101010101")]
    [InlineData(17, "SUBACK 8080808080808080808080808080808080")]
    public async Task Subscriptions_are_bounded(int count, string expected)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Subscribe(4, [.. Enumerable.Range(0, count).Select(i => $"alarms/{i}")]));
        Assert.Equal(expected, await client.NextAsync());
    }

    [Theory]
    [InlineData(256, "SUBACK 01")]
    [InlineData(257, "SUBACK 80")]
    public async Task Filters_are_bounded(int length, string expected)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Subscribe(4, new string('x', length)));
        Assert.Equal(expected, await client.NextAsync());
    }

    [Theory]
    [InlineData(4, 256, "PUBACK 1")]
    [InlineData(4, 257, "closed")]
    [InlineData(5, 257, "closed")]
    public async Task Topics_are_bounded(int version, int length, string expected)
    {
        await using var server = await IngressServer.StartAsync(ingress: new ScriptedIngress { Take = ScriptedIngress.AcceptAsync });
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: version);
        await client.SendAsync(MqttBytes.Publish(new string('x', length), [1], 1, version: version));
        Assert.Equal(expected, await client.NextAsync());
    }

    /// <summary>Keep-alive is ours to look after, as MQTTnet sees no publish: one that only pings lives, too.</summary>
    [Fact]
    public async Task A_client_that_only_pings_is_alive()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 1);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(700));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal("PONG", await client.PingAsync());
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    private static async Task<bool> IsLetInAsync(IngressServer server)
    {
        try
        {
            await using var client = await RawClient.OpenAsync(server.EndPoint);
            return true;
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            return false;
        }
    }

    private static async Task SendOrFailAsync(RawClient client, byte one)
    {
        try
        {
            await client.SendAsync([one]);
        }
        catch (IOException)
        {
            // Closed while we wrote.
        }
    }
}
