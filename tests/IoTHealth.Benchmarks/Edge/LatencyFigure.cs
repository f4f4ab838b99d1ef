using System.Globalization;
using IoTHealth.Benchmarks.Load;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>
/// From a publish to its PUBACK, which follows the commit, at 100 messages a second of 50 robots, against the disk's own fsync in
/// the same rounds: 99th percentiles. The bound is 5 × that of the disk and 5 ms.
/// </summary>
internal static class LatencyFigure
{
    private const int Connections = 50;
    private const int RatePerSecond = 100;
    private const int Messages = 1_000;
    private const int Syncs = 500;
    private const double Times = 5;
    private const double Milliseconds = 5;

    public static async IAsyncEnumerable<Figure> MeasureAsync(EdgeRun run)
    {
        using var folder = new TestFolder("benchmark");
        using var certificates = new TestCertificates(folder.Path, run.Time);
        certificates.Issue("server");
        await using var gateway = await GatewayUnderLoad.StartAsync(folder, Connections);
        await gateway.Peer.LoadAsync(Connections, 20, run.Messages / 5, 0, run.Stop);
        var rounds = new List<(double Taken, double Disk)>();
        for (var round = 0; round < run.Rounds; round++)
        {
            var disk = DiskSync.Measure(folder.File("fsync"), Syncs);
            var load = await gateway.Peer.LoadAsync(Connections, 20, Messages, RatePerSecond, run.Stop, RatePerSecond);
            rounds.Add((load.P99Milliseconds, Statistics.At(disk, 0.99)));
        }

        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"p99 {Statistics.Median(rounds.Select(round => round.Taken)):F2} ms; the disk's fsync p99 {Statistics.Median(rounds.Select(round => round.Disk)):F2} ms, allowed {Times} × that + {Milliseconds} ms");
        yield return new Figure(
            $"publish → journalled at {RatePerSecond}/s", Statistics.Median(rounds.Select(round => round.Taken / ((Times * round.Disk) + Milliseconds))), 1, detail);
    }
}
