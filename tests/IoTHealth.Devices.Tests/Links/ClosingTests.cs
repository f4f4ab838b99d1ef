using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

public sealed class ClosingTests
{
    /// <summary>Or a client whose hundredth publish is refused would send the ninety-nine before it again, for ever.</summary>
    [Fact]
    public async Task What_was_acknowledged_before_a_refusal_still_arrives()
    {
        var ingress = new ScriptedIngress
        {
            Take = message => ValueTask.FromResult(message.Topic == "t" ? MqttVerdict.Accepted : MqttVerdict.Refuse("not yours")),
        };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync([.. Enumerable.Range(1, 99).Select(MqttBytes.Publish), MqttBytes.Publish("u", [1], 100), MqttBytes.Publish(101)]);
        Assert.Equal(string.Join(", ", Enumerable.Range(1, 99).Select(id => $"PUBACK {id}")), await client.UntilClosedAsync());
    }

    [Fact]
    public async Task A_server_that_stops_acknowledges_nothing_more()
    {
        var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint);
        await client.SendAsync(MqttBytes.Publish(1));
        var verdict = (await server.Ingress.NextAsync(1))[0];
        await server.DisposeAsync();
        verdict.SetResult(MqttVerdict.Accepted);
        Assert.Equal("", await client.UntilClosedAsync());
    }
}
