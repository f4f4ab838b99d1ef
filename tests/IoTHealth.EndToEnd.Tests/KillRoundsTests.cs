using System.Globalization;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.EndToEnd.Tests.Harness;

namespace IoTHealth.EndToEnd.Tests;

public sealed class KillRoundsTests(ITestOutputHelper output)
{
    // A cloud that has just started needs a second or two before its first delivery, so not every round waits for one.
    private const int DeliveryEvery = 5;

    // Programs that live for a second or two only pay for the runtime's profiling and never earn by it.
    private static readonly Dictionary<string, string> ShortLives = new() { ["DOTNET_TieredPGO"] = "0" };

    /// <summary>
    /// In each round the edge is killed at a random moment under load and restarted, then the cloud likewise. IOTHEALTH_KILL_ROUNDS
    /// and IOTHEALTH_KILL_SEED override the number of rounds and the seed.
    /// </summary>
    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_edge_and_cloud_are_killed_again_and_again()
    {
        var (rounds, seed) = (Setting("IOTHEALTH_KILL_ROUNDS", 50), Setting("IOTHEALTH_KILL_SEED", Random.Shared.Next(1_000_000)));
        output.WriteLine($"{rounds} rounds, seed {seed}");
        await using var test = await TestStack.StartAsync(options =>
            options with { Robots = 3, Rate = 10, Seed = seed, Environment = ShortLives });
        test.Stack.StartRobots();
        await KillAsync(test.Stack, rounds, new Random(seed));
        await Counting.AssertNothingLostAsync(test.Stack, output);
    }

    // While one program is killed the other one may still be starting: that overlap saves much of the time.
    private static async Task KillAsync(Stack stack, int rounds, Random chance)
    {
        var (edge, cloud) = (new KillTarget(stack.Edge, chance), new KillTarget(stack.Cloud, chance));
        for (var round = 0; round < rounds; round++)
        {
            await edge.KillAndRestartAsync("the edge stores readings", late => StoredAsync(stack, late));
            await (round % DeliveryEvery == 0
                ? cloud.KillAndRestartAsync("the cloud delivers readings", late => DeliveredAsync(stack, late))
                : cloud.KillAndRestartAsync("the cloud receives readings", late => ReceivedAsync(stack, late)));
        }

        await Task.WhenAll(edge.Ready, cloud.Ready);
    }

    private static async Task<long> StoredAsync(Stack stack, CancellationToken cancel) =>
        (await stack.EdgeApi.GetAsync<EdgeLive>("live", cancel)).Head;

    private static async Task<long> ReceivedAsync(Stack stack, CancellationToken cancel) =>
        (await stack.CloudApi.GetAsync<CloudStatus>("status", cancel)).Gateways.Sum(gateway => gateway.Received);

    private static async Task<long> DeliveredAsync(Stack stack, CancellationToken cancel) =>
        (await stack.CloudApi.GetAsync<CloudStatus>("status", cancel)).Feeds.Single(feed => feed.Name == "records").Delivered;

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : standard;
}
