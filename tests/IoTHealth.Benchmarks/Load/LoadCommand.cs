using System.CommandLine;
using System.Diagnostics;
using System.Net;

namespace IoTHealth.Benchmarks.Load;

/// <summary>The load as a process of its own: raw MQTT 3.1.1, QoS 1, in C#, with as little work for each message as there can be.</summary>
internal sealed class LoadCommand
{
    private readonly TimeProvider _time;
    private readonly Option<int> _port = new("--port") { Required = true };
    private readonly Option<string?> _authority = new("--ca") { Description = "PEM file of the authority; left out: plain TCP" };
    private readonly Option<string?> _password = new("--password-file");
    private readonly Option<int> _connections = new("--connections") { DefaultValueFactory = _ => 50 };
    private readonly Option<int> _inFlight = new("--in-flight") { DefaultValueFactory = _ => 20 };
    private readonly Option<int> _messages = new("--messages") { DefaultValueFactory = _ => 100_000 };
    private readonly Option<int> _warmUp = new("--warm-up") { Description = "Messages before counting begins" };
    private readonly Option<int> _rate = new("--rate") { Description = "Messages a second of all connections; 0: as many as there can be" };
    private readonly Option<long> _first = new("--first") { DefaultValueFactory = _ => 1_000_000_000 };
    private readonly Option<int> _bytes = new("--payload") { DefaultValueFactory = _ => 200 };

    public LoadCommand(TimeProvider time)
    {
        _time = time;
        Command = new Command("load", "Publishes robots' readings to a server and tells one line of JSON")
        {
            _port, _authority, _password, _connections, _inFlight, _messages, _warmUp, _rate, _first, _bytes,
        };
        Command.Hidden = true;
        Command.SetAction(async (parsed, stop) =>
        {
            Console.WriteLine((await RunAsync(Plan(parsed), _time, stop)).ToLine());
            return 0;
        });
    }

    public Command Command { get; }

    public static async Task<LoadResult> RunAsync(LoadPlan plan, TimeProvider time, CancellationToken stop)
    {
        var robots = Enumerable.Range(1, plan.Connections).Select(index => new LoadConnection(plan, index, time)).ToArray();
        try
        {
            foreach (var robot in robots)
            {
                await robot.ConnectAsync(stop);
            }

            await Task.WhenAll(robots.Select(robot => Task.Run(() => robot.PublishAsync(plan.WarmUp / plan.Connections, stop), stop)));
            var begun = Stopwatch.GetTimestamp();
            var latencies = await Task.WhenAll(robots.Select((robot, index) => Task.Run(() => PublishAsync(plan, robot, index, stop), stop)));
            return LoadResult.Of(latencies, Stopwatch.GetElapsedTime(begun).TotalSeconds);
        }
        finally
        {
            foreach (var robot in robots)
            {
                await robot.DisposeAsync();
            }
        }
    }

    private static Task<float[]> PublishAsync(LoadPlan plan, LoadConnection robot, int index, CancellationToken stop)
    {
        var count = plan.Messages / plan.Connections;
        if (plan.RatePerSecond == 0)
        {
            return robot.PublishAsync(count, stop);
        }

        var interval = TimeSpan.FromSeconds((double)plan.Connections / plan.RatePerSecond);
        return robot.PublishAsync(count, interval, interval * index / plan.Connections, stop);
    }

    private LoadPlan Plan(ParseResult parsed) => new()
    {
        Server = new IPEndPoint(IPAddress.Loopback, parsed.GetValue(_port)),
        AuthorityFile = parsed.GetValue(_authority),
        PasswordFile = parsed.GetValue(_password),
        Connections = parsed.GetValue(_connections),
        InFlight = parsed.GetValue(_inFlight),
        Messages = parsed.GetValue(_messages),
        WarmUp = parsed.GetValue(_warmUp),
        RatePerSecond = parsed.GetValue(_rate),
        FirstSequence = parsed.GetValue(_first),
        PayloadBytes = parsed.GetValue(_bytes),
    };
}
