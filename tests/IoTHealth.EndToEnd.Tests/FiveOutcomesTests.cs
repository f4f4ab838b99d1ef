using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Running;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>What a person with mosquitto_pub sees: a good reading and five ways to go wrong, each with an answer of its own.</summary>
public sealed class FiveOutcomesTests(ITestOutputHelper output)
{
    private const int WrongPasswordCode = 5;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Good_and_bad_publishes_end_clearly_and_differently()
    {
        _ = Require.Program("mosquitto_pub");
        await using var test = await TestStack.StartAsync(options => options with { UnassignedRobots = 1 });
        var stack = test.Stack;
        await GoodReadingIsAnObservationAsync(stack);
        await WrongPasswordIsRefusedAsync(stack);
        await ForeignTopicClosesTheConnectionAsync(stack);
        await BadPayloadIsQuarantinedAsync(stack, "{\"seq\":1,");
        await BadPayloadIsQuarantinedAsync(stack, Record("\"hr\":9999"));
        await UnassignedReadingWaitsAsync(stack);
    }

    private async Task GoodReadingIsAnObservationAsync(Stack stack)
    {
        // The first one finds programs that have only just started; the second tells what is usual.
        await PublishGoodReadingAsync(stack, observations: 1, TimeSpan.FromSeconds(20));
        await PublishGoodReadingAsync(stack, observations: 2, TimeSpan.FromSeconds(2));
        Assert.Contains("heart-rate", Observations(stack)[^1].ToJsonString(), StringComparison.Ordinal);
    }

    private async Task PublishGoodReadingAsync(Stack stack, int observations, TimeSpan within)
    {
        var spare = stack.Facility.Spare;
        Assert.Equal(0, (await PublishAsync(stack, spare, spare.Password, spare.Topic, Record("\"hr\":61"))).ExitCode);
        await Eventually.SeesAsync("Observations", _ => Task.FromResult(Observations(stack).Count), seen => seen == observations, within);
    }

    private async Task WrongPasswordIsRefusedAsync(Stack stack)
    {
        var spare = stack.Facility.Spare;
        var run = await PublishAsync(stack, spare, "wrong", spare.Topic, Record("\"hr\":62"));
        Assert.Equal(WrongPasswordCode, run.ExitCode);
        Assert.Contains("Connection Refused", run.Errors, StringComparison.OrdinalIgnoreCase);
    }

    private async Task ForeignTopicClosesTheConnectionAsync(Stack stack)
    {
        var (spare, other) = (stack.Facility.Spare, stack.Facility.Robots[0]);
        var run = await PublishAsync(stack, spare, spare.Password, other.Topic, Record("\"hr\":63"));

        // Without a PUBACK: the line is cut while mosquitto_pub still writes (broken pipe) or already waits (connection lost).
        Assert.DoesNotContain(run.ExitCode, new[] { 0, WrongPasswordCode });
        Assert.StartsWith("Error:", run.Errors, StringComparison.Ordinal);
    }

    private async Task BadPayloadIsQuarantinedAsync(Stack stack, string payload)
    {
        var spare = stack.Facility.Spare;
        var before = await QuarantineAsync(stack);
        Assert.Equal(0, (await PublishAsync(stack, spare, spare.Password, spare.Topic, payload)).ExitCode);
        var after = await Eventually.SeesAsync(
            "the quarantine", _ => QuarantineAsync(stack), seen => seen.Count == before.Count + 1, Soon);
        output.WriteLine(after.ToJsonString());
        Assert.DoesNotContain(after.GroupBy(Reason), same => same.Count() > 1);
    }

    private async Task UnassignedReadingWaitsAsync(Stack stack)
    {
        var robot = stack.Facility.Waiting[0];
        Assert.Equal(0, (await PublishAsync(stack, robot, robot.Password, robot.Topic, Record("\"hr\":64"))).ExitCode);
        var waiting = await Eventually.SeesAsync(
            "the waiting reading", late => stack.CloudApi.GetAsync<JsonArray>("awaiting", late), seen => seen.Count > 0, Soon);
        output.WriteLine(waiting.ToJsonString());
        Assert.Contains(robot.Serial, (string?)waiting[0]!["device"], StringComparison.Ordinal);
        Assert.Equal("unassigned", (string?)waiting[0]!["reason"]);
        Assert.Equal(2, Observations(stack).Count);
    }

    private async Task<CommandRun> PublishAsync(Stack stack, Robot robot, string password, string topic, string payload)
    {
        var port = stack.Facility.Ports.Mqtt.ToString(CultureInfo.InvariantCulture);
        var run = await CommandRun.OfAsync(
            Require.Program("mosquitto_pub"),
            [
                "-h", "127.0.0.1", "-p", port, "--cafile", stack.Folder.AuthorityFile, "-q", "1", "-V", "mqttv311",
                "-i", robot.Key, "-u", robot.Key, "-P", password, "-t", topic, "-m", payload,
            ],
            TimeSpan.FromSeconds(10));
        output.WriteLine($"{topic} {payload} → exit code {run.ExitCode} {run.Errors}");
        return run;
    }

    private static Task<JsonArray> QuarantineAsync(Stack stack) =>
        stack.EdgeApi.GetAsync<JsonArray>("quarantine", TestContext.Current.CancellationToken);

    private static string Reason(JsonNode? quarantined) => (string?)quarantined!["reason"] ?? "";

    private static List<JsonNode> Observations(Stack stack) =>
        [.. JsonLines.Read(stack.Folder.FhirFile).Where(line => (string?)line["type"] == "Observation")];

    private static string Record(string fields)
    {
        var now = TimeProvider.System.GetUtcNow();
        return string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"seq":{{now.ToUnixTimeMilliseconds()}},"ts":"{{now:yyyy-MM-dd'T'HH:mm:ss.fffzzz}}",{{fields}}}""");
    }
}
