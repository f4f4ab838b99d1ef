using System.Diagnostics;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Devices.Tests.Links;

public sealed class KeepAliveTests
{
    /// <summary>Its publishes never reach MQTTnet, which counts the time since the last packet it saw.</summary>
    [Fact]
    public async Task A_client_that_only_publishes_is_alive()
    {
        var ingress = new ScriptedIngress { Take = ScriptedIngress.AcceptAsync };
        await using var server = await IngressServer.StartAsync(ingress: ingress);
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 1);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(400));
        for (var id = 1; id <= 8; id++)
        {
            await client.SendAsync(MqttBytes.Publish(id));
            Assert.Equal($"PUBACK {id}", await client.NextAsync());
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public async Task A_client_that_says_nothing_is_dropped_after_one_and_a_half_times()
    {
        await using var server = await IngressServer.StartAsync();
        await using var client = await RawClient.ConnectAsync(server.EndPoint, keepAliveSeconds: 1);
        var begun = Stopwatch.GetTimestamp();
        Assert.Equal("", await client.UntilClosedAsync());
        Assert.InRange(Stopwatch.GetElapsedTime(begun).TotalSeconds, 1.3, 6);
    }
}
