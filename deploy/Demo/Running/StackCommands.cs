using System.Globalization;
using IoTHealth.Demo.Facilities;
using IoTHealth.Testing;

namespace IoTHealth.Demo.Running;

/// <summary>The command lines of a stack's programs.</summary>
internal sealed class StackCommands(StackOptions options, FacilityFolder folder, Facility facility)
{
    private const string Simulators = "IoTHealth.Simulators";

    public ServerCommand Edge() =>
        Command("edge", options.EdgeProgram ?? ProgramFiles.Find("IoTHealth.Edge"), "run", "--config", folder.EdgeConfiguration);

    public ServerCommand Cloud() =>
        Command("cloud", ProgramFiles.Find("IoTHealth.Cloud"), "run", "--config", folder.CloudConfiguration);

    public ServerCommand FhirReceiver() => Receiver("fhir", facility.Ports.Fhir);

    public ServerCommand WebhookReceiver() => Receiver("webhook", facility.Ports.Webhook);

    public ServerCommand Robots() => WatchOver("robots", folder.Robots, folder.Out);

    public ServerCommand WaitingRobots() => WatchOver("robots-waiting", folder.WaitingRobots, folder.OutWaiting);

    public IReadOnlyList<string> Report() => ["report", "--sent", folder.Out, "--fhir", folder.Out];

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
