using System.CommandLine;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary><c>watch-over-robot</c>: robots that watch residents at night and report over MQTT.</summary>
internal static class WatchOverRobotCommand
{
    private const double MostHonestRate = 1000;
    private static readonly Option<string> Host = new("--host") { Description = "The gateway's host.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<int> Port = Options.Port("The gateway's MQTT port.");
    private static readonly Option<FileInfo> Ca = Options.File("--ca", "PEM file of the only authority the robots trust.");
    private static readonly Option<FileInfo> Devices = Options.File("--devices", "JSON list of {key, serial, passwordFile}; one robot for each.");
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for <key>.sent.jsonl; also carries each robot's sequence over restarts.");
    private static readonly Option<int> Seed = Options.Whole("--seed", "Same seed, same nights and same chaos.", 1, 0, int.MaxValue);
    private static readonly Option<double> Rate = Options.Number("--rate", "Records per second and robot.", 1, 0.001, 100_000);
    private static readonly Option<int> Batch = Options.Whole("--batch", "Records per publish; an array when more than 1.", 1, 1, 10_000);
    private static readonly Option<double> Speed = Options.Number("--speed", "Simulated seconds per second; timestamps stay true.", 60, 0.001, 1_000_000);
    private static readonly Option<TimeSpan?> For = Options.OptionalSpan("--for", "How long to measure; left out = until stopped.");
    private static readonly Option<int> Count = Options.Whole("--count", "Records per robot; 0 = no bound.", 0, 0, int.MaxValue);
    private static readonly Option<int> InFlight = Options.Whole("--in-flight", "Publishes under way at once and robot.", 20, 1, 10_000);
    private static readonly Option<Duration> KeepAlive = Options.Span("--keep-alive", "MQTT keep-alive.", TimeSpan.FromSeconds(5));
    private static readonly Option<Duration> AckTimeout = Options.Span("--ack-timeout", "A publish without PUBACK for so long ends the connection.", TimeSpan.FromSeconds(30));
    private static readonly Option<Duration> Drain = Options.Span("--drain", "How long to wait for acknowledgements after measuring has ended.", TimeSpan.FromSeconds(60));
    private static readonly Option<string> Chaos = new("--chaos")
    {
        Description = "drop=P,duplicate=P,reorder=P,disconnect=P,corrupt=P,skew=DURATION (P from 0 to 1).",
        DefaultValueFactory = _ => "",
    };

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("watch-over-robot", "Watch-over robots that report residents' nights over MQTT (exit 3: not all was acknowledged).")
        {
            Host, Port, Ca, Devices, Out, Seed, Rate, Batch, Speed, For, Count, InFlight, KeepAlive, AckTimeout, Drain, Chaos,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var logs = StandardErrorLog.Create();
        var settings = Settings(parsed);
        if (settings.Rate > MostHonestRate)
        {
            logs.CreateLogger<Ward>().OutrunsClock(settings.Rate);
        }

        var devices = DeviceCredential.ReadAll(parsed.GetRequiredValue(Devices).FullName);
        return await new Ward(settings, devices, clock, logs).RunAsync(parsed.InvocationConfiguration.Output, stop);
    }

    private static RobotSettings Settings(ParseResult parsed) => new(
        new Broker(
            parsed.GetRequiredValue(Host),
            parsed.GetRequiredValue(Port),
            TrustedAuthority.Read(parsed.GetRequiredValue(Ca).FullName),
            parsed.GetValue(KeepAlive).Span,
            parsed.GetValue(AckTimeout).Span),
        ReadableFile.Folder(parsed.GetRequiredValue(Out)),
        (ulong)parsed.GetValue(Seed),
        parsed.GetValue(Rate),
        parsed.GetValue(Batch),
        parsed.GetValue(Speed),
        parsed.GetValue(For),
        parsed.GetValue(Count) is > 0 and var count ? count : null,
        parsed.GetValue(InFlight),
        ChaosSwitches.Parse(parsed.GetValue(Chaos) ?? ""),
        parsed.GetValue(Drain).Span);
}
