using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;
using IoTHealth.Testing;

namespace IoTHealth.Demo;

/// <summary>One run of the demo, from laying the folder to ending the last child.</summary>
internal sealed class DemoRun(DemoOptions options, TimeProvider time)
{
    private const int StandardRobots = 3;
    private const double RobotsSpeed = 600;
    private const double RecordingSpeed = 1;

    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(2);

    public async Task<int> RunAsync(CancellationToken end)
    {
        var influx = options.Influx && InfluxdIsThere();
        using var folder = DemoFolder.Take(options);
        await using var stack = Stack.Lay(StackOptions(folder.Path, influx, await HasBedsideAsync()), time);
        new Introduction(stack).Tell();
        Console.WriteLine("starting …");
        await stack.StartServersAsync(new Printed<string>(name => Console.WriteLine($"  {name} serves"))).WaitAsync(end);
        var watcher = new Watcher(stack.EdgeApi, stack.CloudApi, time);
        var screen = new Screen(watcher, stack.ThrowIfEnded, new Headings(options.Language), time);
        return options.Replay is { } recording
            ? await new ReplayRun(stack, screen).RunAsync(recording.FullName, options.Speed ?? RecordingSpeed, end)
            : await RunRobotsAsync(stack, screen, end);
    }

    private async Task<int> RunRobotsAsync(Stack stack, Screen screen, CancellationToken end)
    {
        stack.StartRobots();
        await stack.StartBedsideAsync().WaitAsync(end);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(end);
        if (options.For is { } duration)
        {
            deadline.CancelAfter(duration);
        }

        await screen.ShowAsync(deadline.Token);
        return options.For is null || end.IsCancellationRequested ? 0 : await CountAsync(stack, end);
    }

    private static async Task<int> CountAsync(Stack stack, CancellationToken end)
    {
        Console.WriteLine("stopping the devices …");
        await Task.WhenAll(stack.StopRobotsAsync(), stack.StopBedsideAsync()).WaitAsync(end);
        await stack.DrainAsync(DrainPatience, new DrainProgress()).WaitAsync(end);
        var report = await stack.ReportAsync().WaitAsync(end);
        Console.Write(report.Output);
        Console.Error.Write(report.Errors);
        return report.ExitCode;
    }

    private StackOptions StackOptions(string folder, bool influx, bool bedside) => new(folder)
    {
        Robots = options.Robots ?? StandardRobots,
        RobotKeys = options.Replay is { } recording ? Recording.Devices(recording.FullName) : null,
        UnassignedRobots = options.Replay is null ? 1 : 0,
        Rate = options.Rate,
        Speed = options.Speed ?? RobotsSpeed,
        Seed = options.Seed,
        EdgeProgram = options.EdgeProgram?.FullName,
        Influx = influx,
        Bedside = bedside,
    };

    private async Task<bool> HasBedsideAsync()
    {
        if (options.Replay is not null || options.RobotsOnly)
        {
            return false;
        }

        if (Require.Find("dbus-daemon") is not null || await DebianPackage.InstallAsync("dbus-daemon"))
        {
            return true;
        }

        Console.Error.WriteLine(
            "WARNING: dbus-daemon is not installed and could not be (apt-get install dbus-daemon). Running WITHOUT the medical devices at the beds: robots only.");
        return false;
    }

    private static bool InfluxdIsThere()
    {
        if (Require.Find("influxd") is not null)
        {
            return true;
        }

        Console.Error.WriteLine("WARNING: --influx was asked for, but influxd is not installed (apt-get install influxdb). Running WITHOUT InfluxDB.");
        return false;
    }
}
