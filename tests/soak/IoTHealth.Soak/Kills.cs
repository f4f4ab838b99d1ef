using System.Globalization;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Soak;

/// <summary>In each round the edge is killed (SIGKILL) at a random moment under load and restarted, then the cloud likewise.</summary>
/// <param name="stack">Running, with its robots.</param>
public sealed class Kills(Stack stack, Random chance, TextWriter output)
{
    // A cloud that has just started needs a second or two before its first delivery, so not every round waits for one.
    private const int DeliveryEvery = 5;
    private const int TellEvery = 10;

    // While one program is killed the other one may still be starting: that overlap saves much of the time.
    public async Task RunAsync(int rounds)
    {
        var (edge, cloud) = (new KillTarget(stack.Edge, chance), new KillTarget(stack.Cloud, chance));
        for (var round = 0; round < rounds; round++)
        {
            await edge.KillAndRestartAsync("the edge stores readings", StoredAsync);
            await (round % DeliveryEvery == 0
                ? cloud.KillAndRestartAsync("the cloud delivers readings", DeliveredAsync)
                : cloud.KillAndRestartAsync("the cloud receives readings", ReceivedAsync));
            if ((round + 1) % TellEvery == 0)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{round + 1} of {rounds} rounds"));
            }
        }

        await Task.WhenAll(edge.Ready, cloud.Ready);
    }

    private async Task<long> StoredAsync(CancellationToken cancellation) =>
        (await stack.EdgeApi.GetAsync<EdgeLive>("live", cancellation)).Head;

    private async Task<long> ReceivedAsync(CancellationToken cancellation) =>
        (await stack.CloudApi.GetAsync<CloudStatus>("status", cancellation)).Gateways.Sum(gateway => gateway.Received);

    private async Task<long> DeliveredAsync(CancellationToken cancellation) =>
        (await stack.CloudApi.GetAsync<CloudStatus>("status", cancellation)).Feeds.Single(feed => feed.Name == "records").Delivered;
}
