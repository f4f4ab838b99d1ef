using System.Globalization;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>All robots of one run.</summary>
internal sealed class Ward(RobotSettings settings, IReadOnlyList<DeviceCredential> devices, TimeProvider clock, ILoggerFactory logs)
{
    /// <summary>Runs until the settings' end or <paramref name="stop"/>, drains, and writes one line for each robot and one for all.</summary>
    public async Task<int> RunAsync(TextWriter output, CancellationToken stop)
    {
        using var ended = settings.For is { } length ? new CancellationTokenSource(length, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        var robots = devices.Select(device => new Robot(device, settings, clock, logs)).ToArray();
        var begun = clock.GetTimestamp();
        var drained = await Task.WhenAll(robots.Select(robot => Task.Run(() => robot.RunAsync(either.Token), CancellationToken.None)));
        await TellAsync(output, robots, clock.GetElapsedTime(begun).TotalSeconds);
        return drained.All(all => all) ? ExitCode.Success : ExitCode.NotDrained;
    }

    private static async Task TellAsync(TextWriter output, Robot[] robots, double seconds)
    {
        foreach (var robot in robots)
        {
            var tally = robot.Tally;
            await output.WriteLineAsync(
                $"{robot.Key}: sent {tally.Sent}, acknowledged {tally.Acknowledged}, messages repeated {tally.Repeated}, connections cut {tally.Cut}");
        }

        var acknowledged = robots.Sum(robot => robot.Tally.Acknowledged);
        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"sent {robots.Sum(robot => robot.Tally.Sent)}, acknowledged {acknowledged} in {seconds:0.0} s ({acknowledged / seconds:0} records/s)"));
    }
}
