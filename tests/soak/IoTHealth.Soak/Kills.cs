using System.Globalization;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Soak;

/// <summary>
/// In each round the edge is killed (SIGKILL) at a random moment under load and restarted, then the cloud likewise. For stretches of
/// rounds the line to the cloud is cut and only the edge is killed: its journal meets its bound and gives readings up, and after
/// the stretch it drains and forgets what was delivered.
/// </summary>
/// <param name="trial">With its servers and robots running.</param>
public sealed class Kills(Trial trial, Random chance, TextWriter output)
{
    // A cloud that has just started needs a second or two before its first delivery, so not every round waits for one.
    private const int DeliveryEvery = 5;
    private const int TellEvery = 10;
    private const int RoundsOfStretch = 10;

    private Stack Stack => trial.Stack;

    /// <param name="rounds">How many.</param>
    /// <param name="isStretched">Whether there are stretches with the line cut.</param>
    public async Task RunAsync(int rounds, bool isStretched)
    {
        // While one program is killed the other one may still be starting: that overlap saves much of the time.
        var (edge, cloud) = (new KillTarget(Stack.Edge, chance), new KillTarget(Stack.Cloud, chance));
        for (var round = 0; round < rounds; round++)
        {
            var isAlone = isStretched && round / RoundsOfStretch % 2 == 1;
            Switch(isAlone);
            await edge.KillAndRestartAsync("the edge stores readings", late => trial.HeadAsync(late));
            if (!isAlone)
            {
                await (round % DeliveryEvery == 0
                    ? cloud.KillAndRestartAsync("the cloud delivers readings", DeliveredAsync)
                    : cloud.KillAndRestartAsync("the cloud receives readings", ReceivedAsync));
            }

            if ((round + 1) % TellEvery == 0)
            {
                await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{round + 1} of {rounds} rounds{(isAlone ? ", line cut" : "")}"));
            }
        }

        Switch(isAlone: false);
        await Task.WhenAll(edge.Ready, cloud.Ready);
    }

    private void Switch(bool isAlone)
    {
        if (isAlone)
        {
            trial.Line.Cut();
        }
        else
        {
            trial.Line.Heal();
        }
    }

    private async Task<long> ReceivedAsync(CancellationToken cancellation) =>
        (await Stack.CloudApi.GetAsync<CloudStatus>("status", cancellation)).Gateways.Sum(gateway => gateway.Received);

    private async Task<long> DeliveredAsync(CancellationToken cancellation) =>
        (await Stack.CloudApi.GetAsync<CloudStatus>("status", cancellation)).Feeds.Single(feed => feed.Name == "records").Delivered;
}
