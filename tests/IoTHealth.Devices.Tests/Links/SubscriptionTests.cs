using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>Subscribers hear the program, and nobody else.</summary>
public sealed class SubscriptionTests
{
    private static ScriptedIngress OnlyAlarms => new()
    {
        Hear = filter => filter.StartsWith("alarms/", StringComparison.Ordinal) ? MqttVerdict.Accepted : MqttVerdict.Refuse("not yours"),
        Take = ScriptedIngress.AcceptAsync,
    };

    [Theory]
    [InlineData(4, "alarms/#", "SUBACK 01")]
    [InlineData(4, "secrets/#", "SUBACK 80")]
    [InlineData(4, "alarms/# secrets/#", "SUBACK 8080")]
    [InlineData(4, "secrets/# alarms/a alarms/b", "SUBACK 808080")]
    [InlineData(5, "alarms/#", "SUBACK 0001")]
    [InlineData(5, "alarms/# secrets/#", "SUBACK 008787")]
    public async Task A_subscription_with_one_refused_filter_is_refused_whole(int version, string filters, string expected)
    {
        await using var server = await IngressServer.StartAsync(ingress: OnlyAlarms);
        await using var client = await RawClient.ConnectAsync(server.EndPoint, version: version);
        await client.SendAsync(MqttBytes.Subscribe(version, filters.Split(' ')));
        Assert.Equal(expected, await client.NextAsync());
        await using var station = await SubscriberAsync(server, "station");
        await server.PublishAsync("alarms/a");
        await server.PublishAsync("alarms/b");
        Assert.Equal(["PUBLISH alarms/a", "PUBLISH alarms/b"], [await station.NextAsync(), await station.NextAsync()]);
        var isRefused = filters.Contains("secrets", StringComparison.Ordinal);
        Assert.Equal(isRefused ? "PONG" : "PUBLISH alarms/a", isRefused ? await client.PingAsync() : await client.NextAsync());
    }

    [Fact]
    public async Task Only_the_program_s_own_messages_are_heard()
    {
        await using var server = await IngressServer.StartAsync(ingress: OnlyAlarms);
        await using var station = await SubscriberAsync(server, "station");
        await using var robot = await RawClient.ConnectAsync(server.EndPoint, "robot", will: ("alarms/will", "x"));
        await robot.SendAsync(
            MqttBytes.Publish("alarms/one", [1], 1), MqttBytes.Publish("alarms/kept", [1], 2, retain: true),
            MqttBytes.Publish("alarms/zero", [1], 0, quality: 0), MqttBytes.Publish("$taken", [1], 3));
        Assert.Equal(["PUBACK 1", "PUBACK 2", "PUBACK 3"], [await robot.NextAsync(), await robot.NextAsync(), await robot.NextAsync()]);
        robot.Drop();
        await server.Ingress.EndedAsync();
        await server.PublishAsync("alarms/ours");
        Assert.Equal("PUBLISH alarms/ours", await station.NextAsync());
        await using var late = await SubscriberAsync(server, "late");
        await server.PublishAsync("alarms/next");
        Assert.Equal("PUBLISH alarms/next", await late.NextAsync());
    }

    [Fact]
    public async Task A_message_goes_to_all_whose_subscription_matches()
    {
        await using var server = await IngressServer.StartAsync(ingress: OnlyAlarms);
        await using var one = await SubscriberAsync(server, "one");
        await using var two = await SubscriberAsync(server, "two");
        await server.PublishAsync("other/x");
        await server.PublishAsync("alarms/x");
        Assert.Equal(["PUBLISH alarms/x", "PUBLISH alarms/x"], [await one.NextAsync(), await two.NextAsync()]);
    }

    [Fact]
    public async Task A_message_to_one_client_goes_to_it_alone()
    {
        await using var server = await IngressServer.StartAsync(ingress: OnlyAlarms);
        await using var one = await RawClient.ConnectAsync(server.EndPoint, "one");
        await using var two = await SubscriberAsync(server, "two");
        Assert.True(await server.SendAsync("one", "alarms/x"));
        Assert.False(await server.SendAsync("nobody", "alarms/x"));
        Assert.Equal(["PUBLISH alarms/x", "PONG"], [await one.NextAsync(), await two.PingAsync()]);
    }

    private static async Task<RawClient> SubscriberAsync(IngressServer server, string name)
    {
        var client = await RawClient.ConnectAsync(server.EndPoint, name);
        await client.SendAsync(MqttBytes.Subscribe(4, "alarms/#"));
        Assert.Equal("SUBACK 01", await client.NextAsync());
        return client;
    }
}
