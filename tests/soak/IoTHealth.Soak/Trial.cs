using System.Globalization;
using System.Net;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.Testing;
using IoTHealth.Testing.Faults;

namespace IoTHealth.Soak;

/// <summary>
/// A facility and its cloud in a folder of their own, with a line between them that can be cut. Removed afterwards unless
/// IOTHEALTH_KEEP is set.
/// </summary>
public sealed class Trial : IAsyncDisposable
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private readonly TestFolder folder = new("iothealth-trial");
    private readonly List<IAsyncDisposable> faults = [];

    private Trial(Func<StackOptions, StackOptions> choose, IPAddress cloud)
    {
        Stack = Stack.Lay(choose(new StackOptions(folder.Path) { Robots = 3 }), TimeProvider.System);
        Line = new TcpRelay(new IPEndPoint(cloud, Stack.Facility.Ports.Hub), FreePort.Take());
        EditEdge(Port(Stack.Facility.Ports.Hub), Port(Line.Port));
    }

    public Stack Stack { get; }

    /// <summary>Between edge and cloud.</summary>
    public TcpRelay Line { get; }

    /// <summary>Where the edge keeps everything.</summary>
    public string EdgeData => Stack.Folder.File("edge-data");

    /// <summary>Lays out a facility; nothing runs yet.</summary>
    public static Trial Lay(Func<StackOptions, StackOptions>? choose = null) => new(choose ?? (options => options), IPAddress.Loopback);

    /// <summary>The same with the cloud and the record server on another machine of the network, behind a cable.</summary>
    public static async Task<(Trial Trial, NetworkNamespace Cable)> LayApartAsync(Func<StackOptions, StackOptions>? choose = null)
    {
        var far = await NetworkNamespace.CreateAsync();
        var trial = new Trial(options => (choose ?? (same => same))(options) with { CloudStarter = far.Prefix }, far.Address);
        trial.faults.Add(far);
        var ports = trial.Stack.Facility.Ports;
        trial.faults.Add(new TcpRelay(new IPEndPoint(IPAddress.Loopback, ports.CloudApi), ports.CloudApi, far.OpenSocket));
        var document = await File.ReadAllTextAsync(trial.Stack.Folder.CloudConfiguration);
        var hub = "address: 127.0.0.1\n  " + Port(ports.Hub);
        await File.WriteAllTextAsync(trial.Stack.Folder.CloudConfiguration, document.Replace(hub, hub.Replace("127.0.0.1", "0.0.0.0", StringComparison.Ordinal), StringComparison.Ordinal));
        return (trial, far);
    }

    /// <summary>Replaces a text of edge.yaml.</summary>
    public void EditEdge(string text, string by)
    {
        var document = File.ReadAllText(Stack.Folder.EdgeConfiguration);
        SecretFile.Write(Stack.Folder.EdgeConfiguration, document.Contains(text, StringComparison.Ordinal)
            ? document.Replace(text, by, StringComparison.Ordinal)
            : throw new InvalidOperationException($"edge.yaml has no '{text}'"));
    }

    /// <summary>Appends lines to edge.yaml.</summary>
    public void AddToEdge(string lines) =>
        SecretFile.Write(Stack.Folder.EdgeConfiguration, File.ReadAllText(Stack.Folder.EdgeConfiguration) + lines + "\n");

    /// <summary>Lays the edge's data on a disk of its own; before the edge starts.</summary>
    public async Task<LoopDisk> PutEdgeOnDiskAsync(int megabytes)
    {
        var disk = await LoopDisk.MountAsync(Stack.Folder.File("edge-disk.img"), EdgeData, megabytes);
        faults.Add(disk);
        return disk;
    }

    /// <summary>The same on a file system in memory.</summary>
    public async Task<Tmpfs> PutEdgeOnTmpfsAsync(int megabytes)
    {
        var tmpfs = await Tmpfs.MountAsync(EdgeData, megabytes);
        faults.Add(tmpfs);
        return tmpfs;
    }

    /// <summary>The journal's last position.</summary>
    public async Task<long> HeadAsync(CancellationToken cancellation = default) =>
        (await Stack.EdgeApi.GetAsync<EdgeLive>("live", cancellation)).Head;

    /// <summary>Waits until the edge has stored something more.</summary>
    public async Task GrowsAsync(TimeSpan patience)
    {
        var before = await Eventually.SeesAsync("the edge answers", HeadAsync, _ => true, patience, Look);
        await Eventually.SeesAsync("the edge stores readings", HeadAsync, seen => seen > before, patience, Look);
    }

    /// <summary>Stops the robots once all they sent is acknowledged.</summary>
    /// <exception cref="InvalidOperationException">Not all was.</exception>
    public async Task StopRobotsAsync()
    {
        var exitCodes = await Stack.StopRobotsAsync();
        if (exitCodes.Any(code => code != 0))
        {
            throw new InvalidOperationException($"robots ended with exit codes {string.Join(", ", exitCodes)}: not all they sent was acknowledged");
        }
    }

    /// <summary>Waits until the edge knows the cloud to have all.</summary>
    public Task UplinkedAsync(TimeSpan patience) => Eventually.SeesAsync(
        "the uplink has sent all",
        async late => (await Stack.EdgeApi.GetAsync<EdgeLive>("live", late)).Readers.Single(reader => reader.Name == "uplink"),
        uplink => uplink.Behind == 0,
        patience,
        Look);

    /// <summary>The end of a trial: all acknowledged, all drained, all counted.</summary>
    /// <exception cref="TimeoutException">It does not drain.</exception>
    public async Task<Verdict> JudgeAsync(TimeSpan patience)
    {
        Line.Heal();
        await StopRobotsAsync();
        await Stack.DrainAsync(patience);
        return await CountAsync();
    }

    /// <summary>The counting report as things stand.</summary>
    public async Task<Verdict> CountAsync() => Verdict.Of(await Stack.ReportAsync());

    public async ValueTask DisposeAsync()
    {
        await Stack.DisposeAsync();
        await Line.DisposeAsync();
        foreach (var fault in Enumerable.Reverse(faults))
        {
            await fault.DisposeAsync();
        }

        if (Environment.GetEnvironmentVariable("IOTHEALTH_KEEP") is null)
        {
            folder.Dispose();
        }
        else
        {
            await Console.Error.WriteLineAsync($"kept: {folder.Path}");
        }
    }

    private static string Port(int port) => string.Create(CultureInfo.InvariantCulture, $"port: {port}");
}
