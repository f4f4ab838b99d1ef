using System.Globalization;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>A gateway as a process of its own, with robots in its registry that share a password and are slowed by no limit. Nothing else is configured.</summary>
internal sealed class GatewayUnderLoad : IAsyncDisposable
{
    private static readonly TimeSpan StartMaximum = TimeSpan.FromSeconds(60);

    private readonly ServerProcess _process;

    private GatewayUnderLoad(ServerProcess process, Peer peer) => (_process, Peer) = (process, peer);

    /// <summary>Where and how robots reach it.</summary>
    public Peer Peer { get; }

    /// <summary>Resident memory, bytes.</summary>
    public long ResidentBytes => ResidentMemory.Of(_process.Id);

    /// <param name="folder">Folder with <c>server.pem</c>, <c>server.key</c> and <c>ca.pem</c>; its data go to <c>edge-data</c> below.</param>
    /// <param name="program">The program, where it is not the one that was built beside this.</param>
    /// <param name="further">Further lines of its configuration.</param>
    public static async Task<GatewayUnderLoad> StartAsync(TestFolder folder, int robots, string? program = null, string further = "")
    {
        var password = PasswordHash.NewPassword();
        await File.WriteAllTextAsync(folder.File("password"), password);
        await File.WriteAllTextAsync(folder.File("edge.yaml"), Configuration(robots, PasswordHash.Of(password)) + further);
        var process = ServerProcess.Start(new ServerCommand("edge", program ?? Programs.Edge, ["run", "--config", folder.File("edge.yaml")], folder.File("edge.log")));
        try
        {
            var port = ReadyPort.Of(await process.ReadyAsync(StartMaximum), "mqtt");
            return new GatewayUnderLoad(process, new Peer("gateway", port, folder.File("ca.pem"), folder.File("password")));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();

    private static string Configuration(int robots, string hash) => $$"""
        gateway: gw-bench
        data: edge-data
        timeZone: UTC
        mqtt: { address: 127.0.0.1, port: 0, certificate: server.pem, key: server.key, limits: { packetsPerSecond: 1000000, bytesPerSecond: 1000000000 } }
        api: { address: 127.0.0.1, port: 0 }
        devices:
        {{string.Join('\n', Enumerable.Range(1, robots).Select(index => Robot(index, hash)))}}

        """;

    private static string Robot(int index, string hash) => string.Create(
        CultureInfo.InvariantCulture,
        $"  - {{ key: robot-{index:D4}, profile: watch-over-robot, maker: M, model: R, serial: S-{index:D4}, place: ward, password: \"{hash}\" }}");
}
