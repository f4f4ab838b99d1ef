using System.Globalization;
using IoTHealth.Demo.Facilities;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Running;

/// <summary>The command lines of a stack's programs.</summary>
internal sealed class StackCommands(StackOptions options, FacilityFolder folder, Facility facility)
{
    private const string Simulators = "IoTHealth.Simulators";

    // At 9600 baud a memory of this size is read out in a few seconds.
    private const string MeterRecords = "60";

    public ServerCommand Edge() =>
        Command("edge", options.EdgeProgram ?? ProgramFiles.Find("IoTHealth.Edge"), "run", "--config", folder.EdgeConfiguration);

    public ServerCommand Cloud() =>
        BeyondTheLine(Command("cloud", ProgramFiles.Find("IoTHealth.Cloud"), "run", "--config", folder.CloudConfiguration));

    public ServerCommand FhirReceiver() => BeyondTheLine(Receiver("fhir", facility.Ports.Fhir));

    public ServerCommand WebhookReceiver() => Receiver("webhook", facility.Ports.Webhook);

    public ServerCommand Robots() => WatchOver("robots", folder.Robots, folder.Out);

    public ServerCommand WaitingRobots() => WatchOver("robots-waiting", folder.WaitingRobots, folder.OutWaiting);

    /// <summary>The meters on serial lines, one program each.</summary>
    public IEnumerable<Func<ServerCommand>> Meters() => Bedside(BedsideDevice.SerialMeter).Select(meter => (Func<ServerCommand>)(() => Command(
        meter.Key,
        ProgramFiles.Find(Simulators),
        "glucose-meter",
        "--serial", meter.Serial,
        "--link", folder.File(meter.Line!),
        "--records", MeterRecords,
        "--rest", "10s",
        "--uploads", "1000000",
        "--seed", Text($"{options.Seed}"),
        "--out", folder.Out)));

    /// <summary>All Bluetooth devices.</summary>
    public ServerCommand RadioDevices() => Command(
        "bluetooth-devices",
        ProgramFiles.Find(Simulators),
        "bluetooth-devices",
        "--bus", folder.BusAddress,
        "--devices", folder.RadioDevices,
        "--every", "5s",
        "--seed", Text($"{options.Seed}"),
        "--out", folder.Out);

    /// <summary>The bedside transmitters of pacemakers, one program each.</summary>
    public IEnumerable<Func<ServerCommand>> Transmitters() => Bedside(BedsideDevice.Pacemaker).Select(pacemaker => (Func<ServerCommand>)(() => Command(
        pacemaker.Key,
        ProgramFiles.Find(Simulators),
        "bedside-transmitter",
        "--mllp", Text($"127.0.0.1:{facility.Ports.Mllp}"),
        "--serial", pacemaker.Serial,
        "--model", pacemaker.Model,
        "--every", "5s",
        "--seed", Text($"{options.Seed}"),
        "--out", folder.Out)));

    public IReadOnlyList<string> Report() =>
        ["report", "--sent", folder.Out, "--fhir", folder.Out, .. facility.Bedside.Count > 0 ? ["--meters"] : Array.Empty<string>()];

    public IReadOnlyList<string> Replay(string recording, double speed) =>
    [
        "replay",
        "--file", recording,
        "--port", Text($"{facility.Ports.Mqtt}"),
        "--ca", folder.AuthorityFile,
        "--devices", folder.AllRobots,
        "--speed", Text($"{speed}"),
        "--out", folder.Out,
    ];

    private ServerCommand BeyondTheLine(ServerCommand command) => options.CloudStarter.Count == 0
        ? command
        : command with { Program = options.CloudStarter[0], Arguments = [.. options.CloudStarter.Skip(1), command.Program, .. command.Arguments] };

    private IEnumerable<BedsideDevice> Bedside(string profile) => options.Bedside ? facility.Bedside.Where(device => device.Profile == profile) : [];

    private ServerCommand WatchOver(string name, string devices, string output) => Command(
        name,
        ProgramFiles.Find(Simulators),
        [
            "watch-over-robot",
            "--port", Text($"{facility.Ports.Mqtt}"),
            "--ca", folder.AuthorityFile,
            "--devices", devices,
            "--rate", Text($"{options.Rate}"),
            "--speed", Text($"{options.Speed}"),
            "--seed", Text($"{options.Seed}"),
            "--out", output,
            .. options.RobotArguments,
        ]);

    private ServerCommand Receiver(string name, int port) => Command(
        name + "-receiver",
        ProgramFiles.Find(Simulators),
        name + "-receiver",
        "--port", Text($"{port}"),
        "--cert", folder.File(name + ".pem"),
        "--key", folder.File(name + ".key"),
        "--out", folder.Out);

    private ServerCommand Command(string name, string program, params string[] arguments) =>
        new(name, program, arguments, folder.Log(name)) { WorkingDirectory = folder.Path, Environment = options.Environment };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
