using System.Text.Json.Nodes;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

public sealed class AlarmWithoutCloudTests
{
    [Fact]
    public async Task A_bed_exit_calls_within_two_seconds_while_cloud_and_influxd_are_stopped()
    {
        _ = Require.Program("influxd");
        await using var test = await TestStack.StartAsync(options => options with { Influx = true });
        var stack = test.Stack;
        await Task.WhenAll(stack.Cloud.StopAsync(), stack.Influx!.StopAsync());
        using var device = await DeviceClient.ConnectAsync(stack, stack.Facility.Spare);
        await device.PublishAsync("""
            "event":"bed_exit"
            """);
        await Eventually.HoldsAsync(
            "the webhook is called", () => JsonLines.Read(stack.Folder.WebhookFile).Count > 0, TimeSpan.FromSeconds(2));
        var calls = JsonLines.Read(stack.Folder.WebhookFile);
        Assert.Equal(stack.Facility.Spare.Key, (string?)calls[0]["body"]!["device"]);
        Assert.Equal("bed-exit", (string?)calls[0]["body"]!["rule"]);
        Assert.Equal((string?)calls[0]["key"], (string?)calls[0]["body"]!["alarm"]);
        await AcknowledgeAsync(stack, (string)calls[0]["key"]!);
    }

    private static async Task AcknowledgeAsync(Stack stack, string alarm)
    {
        var cancel = TestContext.Current.CancellationToken;
        await stack.EdgeApi.PostAsync($"alarms/{alarm}/acknowledge", new JsonObject { ["by"] = "nurse.sato" }, cancel);
        var live = await stack.EdgeApi.GetAsync<EdgeLive>("live", cancel);
        Assert.Equal("nurse.sato", Assert.Single(live.Alarms, one => one.Alarm == alarm).AcknowledgedBy);
    }
}
