using System.Globalization;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>
/// Resident memory of the gateway: with 50 robots that hardly say anything, after the first 100,000 measurements, and after all of them, which
/// may be a fifth more. For the gateway that was built beside this, and for others that were published and are named.
/// </summary>
internal static class MemoryFigure
{
    private const double Limit = 1.2;
    private const int Connections = 50;
    private const int InFlight = 20;
    private const int First = 100_000;
    private const int Chunk = 250_000;
    private const int QuietPerSecond = 10;
    private const double AimMegabytes = 60;

    public static async IAsyncEnumerable<Figure> MeasureAsync(EdgeRun run)
    {
        yield return await MeasureAsync("JIT", null, run);
        foreach (var program in run.Gateways)
        {
            yield return await MeasureAsync(program, program, run);
        }
    }

    private static async Task<Figure> MeasureAsync(string name, string? program, EdgeRun run)
    {
        using var folder = new TestFolder("benchmark");
        using var certificates = new TestCertificates(folder.Path, run.Time);
        certificates.Issue("server");
        await using var gateway = await GatewayUnderLoad.StartAsync(folder, Connections, program);
        var quiet = gateway.Peer.LoadAsync(Connections, InFlight, Connections, 0, run.Stop, QuietPerSecond);
        await Task.Delay(TimeSpan.FromSeconds(3), run.Time, run.Stop);
        var idle = gateway.ResidentBytes;
        await quiet;
        await gateway.Peer.LoadAsync(Connections, InFlight, First, 0, run.Stop);
        var early = gateway.ResidentBytes;
        for (var done = First; done < run.Measurements; done += Chunk)
        {
            await gateway.Peer.LoadAsync(Connections, InFlight, Math.Min(Chunk, run.Measurements - done), 0, run.Stop);
        }

        var late = gateway.ResidentBytes;
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{Megabytes(idle):F0} MB with {Connections} quiet robots (aim {AimMegabytes}), {Megabytes(early):F0} MB after {First:N0}, {Megabytes(late):F0} MB after {run.Measurements:N0} measurements");
        return new Figure($"resident memory, {name}", (double)late / early, Limit, detail);
    }

    private static double Megabytes(long bytes) => bytes / 1_048_576.0;
}
