using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

public sealed class MqttFiveTests
{
    [Fact]
    public async Task Topic_aliases_are_understood()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: 5);
        await client.SendAsync(Publish("long/topic", 1, 1), Publish("", 2, 1), Publish("other", 3, 16), Publish("", 4, 16), Publish("", 5, 1));
        Assert.Equal("PUBACK 1", await client.NextAsync());
        Assert.Equal("PUBACK 2", await client.NextAsync());
        await AssertTopicsAsync(ingress, "long/topic", "long/topic", "other", "other", "long/topic");
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("t", 17)]
    public async Task Aliases_of_nothing_and_beyond_the_bound_close(string topic, int alias)
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: 5);
        await client.SendAsync(Publish(topic, 1, alias));
        Assert.DoesNotContain("PUBACK", await client.UntilClosedAsync(), StringComparison.Ordinal);
        Assert.Empty(server.Ingress.Messages);
    }

    [Fact]
    public async Task Aliases_of_another_connection_are_not_known()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var first = await RawClient.ConnectAsync(server.EndPoint, version: 5);
        await first.SendAsync(Publish("t", 1, 1));
        Assert.Equal("PUBACK 1", await first.NextAsync());
        await using var second = await RawClient.ConnectAsync(server.EndPoint, version: 5);
        await second.SendAsync(Publish("", 2, 1));
        Assert.DoesNotContain("PUBACK", await second.UntilClosedAsync(), StringComparison.Ordinal);
    }

    /// <summary>What the server takes stands in its CONNACK.</summary>
    [Fact]
    public async Task Bounds_are_told()
    {
        await using var server = await IngressServer.StartAsync(options => options with { MaximumInFlight = 8 });
        await using var client = await RawClient.OpenAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Connect("a", version: 5));
        var properties = Convert.ToHexString((await client.ReadAsync())!.Body.AsSpan(3));
        Assert.All(
            new[] { "210008", "2401", "2500", "2700040000", "220010" },
            property => Assert.Contains(property, properties, StringComparison.Ordinal));
    }

    private static byte[] Publish(string topic, int id, int alias) => MqttBytes.Publish(topic, [1], id, version: 5, alias: alias);

    private static async Task AssertTopicsAsync(ScriptedIngress ingress, params string[] topics)
    {
        await ingress.NextAsync(topics.Length);
        Assert.Equal(topics, ingress.Messages.Select(message => message.Topic));
    }
}
