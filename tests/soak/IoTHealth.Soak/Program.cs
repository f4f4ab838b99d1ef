using System.CommandLine;
using IoTHealth.Soak;

var root = new RootCommand(
    "Long trials of the whole house under faults, judged by the counting report over the simulators' and receivers' own files. "
    + "Exit code 0: missing 0, duplicated 0, foreign 0; 1: not so; 2: bad usage")
{
    SoakCommand.Create(
        "power-cuts", "Cuts the edge's power under load (as root: its data lies on a loop-mounted ext4)", "--cuts", 50,
        (cuts, seed, output) => Trials.PowerCutsAsync(cuts, seed, output)),
    SoakCommand.Create("kills", "Kills edge and cloud under load (SIGKILL)", "--rounds", 1000, Trials.KillsAsync),
};
var given = root.Parse(args);
if (given.Errors.Count == 0)
{
    return await given.InvokeAsync();
}

Console.Error.WriteLine(string.Join(Environment.NewLine, given.Errors.Select(error => error.Message + " (see --help)")));
return 2;
