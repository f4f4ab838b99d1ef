using System.CommandLine;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Lines;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.Replay;

/// <summary><c>replay</c>: publishes a recording again, byte for byte.</summary>
internal static class ReplayCommand
{
    private static readonly Option<FileInfo> Recording = Options.File("--file", "Recording: one JSON object a line with device, topic, at_ms, and payload_text or payload_hex.");
    private static readonly Option<string> Host = new("--host") { Description = "The gateway's host.", DefaultValueFactory = _ => "127.0.0.1" };
    private static readonly Option<int> Port = Options.Port("The gateway's MQTT port.");
    private static readonly Option<FileInfo> Ca = Options.File("--ca", "PEM file of the only authority the devices trust.");
    private static readonly Option<FileInfo> Devices = Options.File("--devices", "JSON list of {key, serial, passwordFile}.");
    private static readonly Option<double> Speed = Options.Number("--speed", "Recorded seconds per second.", 1, 0.001, 1_000_000);
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for replay.jsonl.");

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("replay", "Publishes recorded frames, each device on its own connection (exit 1: a frame was refused).")
        {
            Recording, Host, Port, Ca, Devices, Speed, Out,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var logs = StandardErrorLog.Create();
        var devices = DeviceCredential.ReadAll(parsed.GetRequiredValue(Devices).FullName).ToDictionary(device => device.Key);
        var frames = RecordedFrame.ReadAll(parsed.GetRequiredValue(Recording).FullName, devices.Keys.ToHashSet());
        var broker = new Broker(
            parsed.GetRequiredValue(Host), parsed.GetRequiredValue(Port), TrustedAuthority.Read(parsed.GetRequiredValue(Ca).FullName),
            KeepAlive: TimeSpan.FromSeconds(5), AcknowledgeWithin: TimeSpan.FromSeconds(30));
        using var results = LineFile.Open(Path.Combine(ReadableFile.Folder(parsed.GetRequiredValue(Out)), "replay.jsonl"));
        var replays = frames.GroupBy(frame => frame.Device).Select(own => (
            Replay: new DeviceReplay(broker, devices[own.Key], parsed.GetValue(Speed), results, clock, logs.CreateLogger<DeviceReplay>()), Frames: own)).ToArray();
        await Task.WhenAll(replays.Select(one => one.Replay.RunAsync(one.Frames, stop)));
        return await TellAsync(parsed.InvocationConfiguration.Output, [.. replays.Select(one => one.Replay)]);
    }

    private static async Task<int> TellAsync(TextWriter output, DeviceReplay[] replays)
    {
        var width = replays.Max(replay => replay.Key.Length);
        await output.WriteLineAsync($"{"device".PadRight(width)}  acked  refused");
        foreach (var replay in replays)
        {
            await output.WriteLineAsync($"{replay.Key.PadRight(width)}  {replay.Acknowledged,5}  {replay.Refused,7}");
        }

        return replays.All(replay => replay.Refused == 0) ? ExitCode.Success : ExitCode.CheckFailed;
    }
}
