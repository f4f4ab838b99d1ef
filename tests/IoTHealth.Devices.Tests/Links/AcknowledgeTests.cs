using System.Diagnostics;
using System.Security.Cryptography;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>Acknowledge after durable, in order, or not at all.</summary>
public sealed class AcknowledgeTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_publish_is_acknowledged_once_it_is_durable(int version)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: version);
        await client.SendAsync(MqttBytes.Publish("t", [1], 7, version: version));
        var verdict = (await server.Ingress.NextAsync(1))[0];
        Assert.Equal("PONG", await client.PingAsync());
        verdict.SetResult(MqttVerdict.Accepted);
        Assert.Equal("PUBACK 7", await client.NextAsync());
    }

    [Fact]
    public async Task Acknowledgements_keep_the_order_of_arrival()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Publish(1), MqttBytes.Publish(2), MqttBytes.Publish(3));
        var verdicts = await server.Ingress.NextAsync(3);
        verdicts[2].SetResult(MqttVerdict.Accepted);
        verdicts[1].SetResult(MqttVerdict.Accepted);
        Assert.Equal("PONG", await client.PingAsync());
        verdicts[0].SetResult(MqttVerdict.Accepted);
        Assert.Equal(["PUBACK 1", "PUBACK 2", "PUBACK 3"], [await client.NextAsync(), await client.NextAsync(), await client.NextAsync()]);
    }

    /// <summary>A 3.1.1 client has no way to be told: an acknowledgement would be a silent loss, so the connection ends.</summary>
    [Theory]
    [InlineData(4, 1, "PUBACK 1")]
    [InlineData(5, 1, "PUBACK 1, DISCONNECT 87")]
    [InlineData(4, 0, "PUBACK 1")]
    public async Task A_refused_publish_closes_without_acknowledgement(int version, int quality, string expected)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: version);
        await client.SendAsync(MqttBytes.Publish("t", [1], 1, version: version));
        (await server.Ingress.NextAsync(1))[0].SetResult(MqttVerdict.Accepted);
        var acknowledged = await client.NextAsync();
        await client.SendAsync(MqttBytes.Publish("t", [1], 2, quality, version: version), MqttBytes.Publish("t", [1], 3, version: version));
        var verdicts = await server.Ingress.NextAsync(3);
        verdicts[2].SetResult(MqttVerdict.Accepted);
        verdicts[1].SetResult(MqttVerdict.Refuse("not yours"));
        var rest = await client.UntilClosedAsync();
        Assert.Equal(expected, rest.Length == 0 ? acknowledged : $"{acknowledged}, {rest}");
    }

    /// <summary>Ours is the fault, and 'not authorized' would make clients give up.</summary>
    [Theory]
    [InlineData(4, "")]
    [InlineData(5, "DISCONNECT 83")]
    public async Task A_publish_that_is_not_durable_in_time_closes(int version, string expected)
    {
        await using var server = await IngressServer.StartAsync(options => options with { DurableTimeout = TimeSpan.FromMilliseconds(150) });
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: version);
        await client.SendAsync(MqttBytes.Publish("t", [1], 1, version: version));
        Assert.Equal(expected, await client.UntilClosedAsync());
        await server.Ingress.EndedAsync();
    }

    [Fact]
    public async Task A_failing_ingress_closes()
    {
        var ingress = new ScriptedIngress { Take = _ => ValueTask.FromException<MqttVerdict>(new IOException("disk full")) };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Publish(1));
        Assert.Equal("", await client.UntilClosedAsync());
    }

    [Fact]
    public async Task An_ingress_that_throws_at_once_closes()
    {
        var ingress = new ScriptedIngress { Take = _ => throw new InvalidOperationException("a mistake of ours") };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Publish(1));
        Assert.Equal("", await client.UntilClosedAsync());
        await using var other = await RawClient.ConnectAsync(server.EndPoint, "b");
        Assert.Equal("PONG", await other.PingAsync());
    }

    [Fact]
    public async Task Many_publishes_of_one_connection_are_under_way_at_once()
    {
        var ingress = new ScriptedIngress { Take = SlowAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        var begun = Stopwatch.GetTimestamp();
        var sending = client.SendAsync([.. Enumerable.Range(1, 2_000).Select(MqttBytes.Publish)]);
        for (var id = 1; id <= 2_000; id++)
        {
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
        }

        await sending;
        var taken = Stopwatch.GetElapsedTime(begun);
        output.WriteLine($"2,000 publishes, 10 ms each, one connection: {taken.TotalMilliseconds:0} ms ({2_000 / taken.TotalSeconds:0}/s; one by one at least 20,000 ms)");
        Assert.InRange(taken.TotalSeconds, 0, 10);

        static async ValueTask<MqttVerdict> SlowAsync(MqttMessage message)
        {
            await Task.Delay(10);
            return MqttVerdict.Accepted;
        }
    }

    [Fact]
    public async Task No_more_than_the_maximum_are_ever_unfinished()
    {
        await using var server = await IngressServer.StartAsync(options => options with { MaximumInFlight = 8 });
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync([.. Enumerable.Range(1, 60).Select(MqttBytes.Publish)]);
        for (var id = 1; id <= 60; id++)
        {
            var verdicts = await server.Ingress.NextAsync(Math.Min(60, id + 7));
            Assert.InRange(verdicts.Count(verdict => !verdict.Task.IsCompleted), 1, 8);
            verdicts[id - 1].SetResult(MqttVerdict.Accepted);
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
        }
    }

    /// <summary>Payloads lie in buffers that the socket uses again.</summary>
    [Fact]
    public async Task Payloads_arrive_whole_and_in_order()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        var random = new Random(7);
        var payloads = Enumerable.Range(0, 300).Select(_ => new byte[random.Next(20_000)]).ToList();
        payloads.ForEach(random.NextBytes);
        var sending = client.SendAsync([.. payloads.Select((payload, i) => MqttBytes.Publish("t", payload, i + 1))]);
        for (var id = 1; id <= payloads.Count; id++)
        {
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
        }

        await sending;
        Assert.Equal(payloads.Select(Digest), ingress.Messages.Select(message => Digest(message.Payload.ToArray())));

        static string Digest(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes));
    }

    [Fact]
    public async Task Acknowledgements_of_a_connection_never_reach_the_one_that_took_over()
    {
        await using var server = await IngressServer.StartAsync();
        await using var old = await RawClient.ConnectAsync(server.EndPoint, "same");
        await old.SendAsync(MqttBytes.Publish(7));
        var verdict = (await server.Ingress.NextAsync(1))[0];
        await using var young = await RawClient.ConnectAsync(server.EndPoint, "same");
        Assert.Equal("", await old.UntilClosedAsync());
        verdict.SetResult(MqttVerdict.Accepted);
        Assert.Equal("PONG", await young.PingAsync());
        await young.SendAsync(MqttBytes.Publish(8));
        (await server.Ingress.NextAsync(2))[1].SetResult(MqttVerdict.Accepted);
        Assert.Equal("PUBACK 8", await young.NextAsync());
    }

    [Fact]
    public async Task Flags_of_a_publish_are_told()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        var again = MqttBytes.Publish("見守り/é", [], 1);
        again[0] |= 0x08;
        await client.SendAsync(again, MqttBytes.Publish("r", [1], 2, retain: true), MqttBytes.Publish("q", [1], 0, quality: 0));
        Assert.Equal(["PUBACK 1", "PUBACK 2", "PONG"], [await client.NextAsync(), await client.NextAsync(), await client.PingAsync()]);
        Assert.Equal(
            [("見守り/é", 1, false, true, 0), ("r", 1, true, false, 1), ("q", 0, false, false, 1)],
            ingress.Messages.Select(m => (m.Topic, m.QualityOfService, m.Retain, m.Duplicate, m.Payload.Length)));
    }
}
