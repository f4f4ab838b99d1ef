using System.Globalization;
using IoTHealth.Benchmarks.Load;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>
/// QoS 1 publishes a second that the gateway parses, judges, seals, makes durable and acknowledges, against MQTTnet's server that does
/// nothing with them; mosquitto beside it. All by TLS, as the gateway offers nothing else; 200 bytes with one reading each.
/// </summary>
internal static class IntakeFigure
{
    private const double Limit = 0.5;
    private const int Connections = 50;

    public static async IAsyncEnumerable<Figure> MeasureAsync(EdgeRun run)
    {
        using var folder = new TestFolder("benchmark");
        using var certificates = new TestCertificates(folder.Path, run.Time);
        certificates.Issue("server");
        await using var yardsticks = await Yardsticks.StartAsync(folder);
        await using var gateway = await GatewayUnderLoad.StartAsync(folder, Connections);
        Peer[] peers = [gateway.Peer, yardsticks.MqttNet, .. yardsticks.Mosquittos];
        foreach (var inFlight in new[] { 20, 1 })
        {
            var rounds = await RoundsAsync(peers, inFlight, run);
            for (var peer = 1; peer < peers.Length; peer++)
            {
                yield return ToFigure($"intake {Connections} × {inFlight} against {peers[peer].Name}", rounds, peer, peer == 1 ? Limit : double.NaN);
            }
        }
    }

    private static async Task<List<LoadResult[]>> RoundsAsync(Peer[] peers, int inFlight, EdgeRun run)
    {
        var rounds = new List<LoadResult[]>();
        for (var round = 0; round < run.Rounds; round++)
        {
            var results = new LoadResult[peers.Length];
            for (var peer = 0; peer < peers.Length; peer++)
            {
                results[peer] = await peers[peer].LoadAsync(Connections, inFlight, run.Messages, run.Messages / 5, run.Stop);
            }

            rounds.Add(results);
        }

        return rounds;
    }

    private static Figure ToFigure(string name, List<LoadResult[]> rounds, int peer, double limit)
    {
        double Median(Func<LoadResult[], double> of) => Statistics.Median(rounds.Select(of));
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{Median(round => round[0].PerSecond):N0}/s (p99 {Median(round => round[0].P99Milliseconds):F1} ms) against {Median(round => round[peer].PerSecond):N0}/s (p99 {Median(round => round[peer].P99Milliseconds):F1} ms)");
        return Figure.AtLeast(name, Median(round => round[0].PerSecond / round[peer].PerSecond), limit, detail);
    }
}
