using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Watching;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Running;

/// <summary>
/// A whole facility and its cloud on this machine, each program a process of its own: edge, cloud, the receivers and the
/// robots. Used by the demo and by the end-to-end tests; writes nothing on the console.
/// </summary>
public sealed class Stack : IAsyncDisposable
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);

    // A robot that is told to stop first waits up to a minute for what it sent to be acknowledged.
    private static readonly TimeSpan RobotsGrace = TimeSpan.FromSeconds(70);

    private readonly StackCommands commands;

    private Stack(StackOptions options, FacilityFolder folder, Facility facility)
    {
        (Options, Folder, Facility) = (options, folder, facility);
        commands = new StackCommands(options, folder, facility);
        Edge = new StackProgram(commands.Edge, Grace);
        Cloud = new StackProgram(commands.Cloud, Grace);
        FhirReceiver = new StackProgram(commands.FhirReceiver, Grace);
        WebhookReceiver = new StackProgram(commands.WebhookReceiver, Grace);
        Robots = new StackProgram(commands.Robots, RobotsGrace);
        WaitingRobots = new StackProgram(commands.WaitingRobots, RobotsGrace);
        Bedside = new BedsideDevices(commands, folder, options.Bedside ? facility.Bedside : []);
        EdgeApi = new LocalApi(facility.Ports.EdgeApi, folder.EdgeToken);
        CloudApi = new LocalApi(facility.Ports.CloudApi, folder.CloudToken);
        Influx = options.Influx ? new Influxd(folder.File("influx"), facility.Ports.Influx) : null;
    }

    public StackOptions Options { get; }

    public FacilityFolder Folder { get; }

    public Facility Facility { get; }

    public StackProgram Edge { get; }

    public StackProgram Cloud { get; }

    public StackProgram FhirReceiver { get; }

    public StackProgram WebhookReceiver { get; }

    /// <summary>The simulator that plays all robots with residents.</summary>
    public StackProgram Robots { get; }

    /// <summary>The simulator that plays the robots without residents.</summary>
    public StackProgram WaitingRobots { get; }

    /// <summary>The simulators of the medical devices at the beds.</summary>
    public BedsideDevices Bedside { get; }

    public Influxd? Influx { get; }

    public LocalApi EdgeApi { get; }

    public LocalApi CloudApi { get; }

    /// <summary>Lays out the folder, or takes up the facility that already lies there. Starts nothing.</summary>
    public static Stack Lay(StackOptions options, TimeProvider time)
    {
        var folder = new FacilityFolder(options.Folder);
        var facility = Facility.LoadOrCreate(folder, options.Robots, options.UnassignedRobots, options.RobotKeys, options.Bedside);
        new FacilityLayout(folder, facility, time).Write(options.Influx);
        return new Stack(options, folder, facility);
    }

    /// <summary>Starts everything but the robots and waits until all of it serves.</summary>
    public async Task StartServersAsync(IProgress<string>? progress = null)
    {
        FhirReceiver.Start();
        WebhookReceiver.Start();
        Cloud.Start();
        await Bedside.StartBusAsync();
        Edge.Start();
        await Task.WhenAll(StartInfluxAsync(progress), ReadyAsync(FhirReceiver, progress), ReadyAsync(WebhookReceiver, progress),
            ReadyAsync(Cloud, progress), ReadyAsync(Edge, progress));
    }

    /// <summary>Throws when a program has ended that should be running.</summary>
    /// <exception cref="InvalidOperationException">One has; the message gives its last lines.</exception>
    public void ThrowIfEnded()
    {
        StackProgram[] programs = [Edge, Cloud, FhirReceiver, WebhookReceiver, Robots, WaitingRobots, .. Bedside.Programs];
        if (programs.Select(program => program.Failure).FirstOrDefault(failure => failure is not null) is { } failure)
        {
            throw new InvalidOperationException(failure);
        }
    }

    /// <summary>Starts the robots with residents, and those without when the facility has any.</summary>
    public void StartRobots()
    {
        Robots.Start();
        if (Facility.Waiting.Count > 0)
        {
            WaitingRobots.Start();
        }
    }

    /// <summary>Starts the medical devices at the beds, where the facility has any.</summary>
    public Task StartBedsideAsync() => Bedside.StartAsync();

    /// <summary>Stops them.</summary>
    public Task<int[]> StopBedsideAsync() => Bedside.StopAsync();

    /// <summary>Stops the robots once all they sent is acknowledged. Exit codes other than 0 mean that it was not.</summary>
    public Task<int[]> StopRobotsAsync() => Task.WhenAll(Robots.StopAsync(), WaitingRobots.StopAsync());

    /// <summary>Waits until all the edge's journal has reached the cloud and every feed has caught up.</summary>
    /// <exception cref="TimeoutException">It had not; the message tells how far it came.</exception>
    public Task<Drain> DrainAsync(TimeSpan timeout, IProgress<Drain>? progress = null) =>
        WatchDrainAsync(drain => drain.Done, timeout, progress);

    /// <summary>The same, content with a gap that the cloud knows of.</summary>
    public Task<Drain> SettleAsync(TimeSpan timeout) => WatchDrainAsync(drain => drain.Settled, timeout, null);

    private Task<Drain> WatchDrainAsync(Func<Drain, bool> end, TimeSpan timeout, IProgress<Drain>? progress) => Eventually.SeesAsync(
        "drained to the last reading",
        async late =>
        {
            var drain = Drain.Of(await EdgeApi.GetAsync<EdgeLive>("live", late), await CloudApi.GetAsync<CloudStatus>("status", late));
            progress?.Report(drain);
            return drain;
        },
        end,
        timeout,
        TimeSpan.FromMilliseconds(100));

    /// <summary>The counting report over what the robots with residents sent.</summary>
    public Task<CommandRun> ReportAsync() => RunSimulatorAsync(commands.Report(), TimeSpan.FromSeconds(120));

    /// <summary>Publishes a recording through the edge: every device of it must be one of the facility's.</summary>
    public Task<CommandRun> ReplayAsync(string recording, double speed) =>
        RunSimulatorAsync(commands.Replay(recording, speed), TimeSpan.FromHours(12));

    private static Task<CommandRun> RunSimulatorAsync(IReadOnlyList<string> arguments, TimeSpan timeout) =>
        CommandRun.OfAsync(ProgramFiles.Find("IoTHealth.Simulators"), arguments, timeout);

    /// <summary>Ends all that was started, robots first, by process id.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(StopRobotsAsync(), StopBedsideAsync());
        await Task.WhenAll(Edge.StopAsync(), Cloud.StopAsync());
        await Bedside.DisposeAsync();
        await Task.WhenAll(FhirReceiver.StopAsync(), WebhookReceiver.StopAsync());
        if (Influx is not null)
        {
            await Influx.DisposeAsync();
        }

        EdgeApi.Dispose();
        CloudApi.Dispose();
    }

    private static async Task ReadyAsync(StackProgram program, IProgress<string>? progress)
    {
        await program.ReadyAsync();
        progress?.Report(program.Process.Name);
    }

    private async Task StartInfluxAsync(IProgress<string>? progress)
    {
        if (Influx is not null)
        {
            await Influx.StartAsync(Facility.Database);
            progress?.Report("influxd");
        }
    }
}
