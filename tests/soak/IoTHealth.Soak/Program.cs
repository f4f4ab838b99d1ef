using System.CommandLine;
using IoTHealth.Soak;

var root = new RootCommand(
    "Long trials of the whole house under faults, judged by the counting report over the simulators' and receivers' own files. "
    + "Exit code 0: missing 0, duplicated 0, foreign 0; 1: not so; 2: bad usage")
{
    SoakCommand.Create(
        "power-cuts", "Cuts the edge's power under load (as root: its data lies on a loop-mounted ext4)", "--cuts", 50,
        (cuts, seed, output) => Trials.PowerCutsAsync(cuts, seed, output)),
    SoakCommand.Create(
        "kills", "Kills edge and cloud under load (SIGKILL) over intake, eviction, drain and compaction; what is given up must be told exactly",
        "--rounds", 1000, Trials.KillsWithEvictionAsync),
    SoakCommand.Create(
        "restores", "Puts yesterday's copy in the place of the edge's or the cloud's data, loses a megabyte, flips a bit", "--rounds", 40, Trials.RestoresAsync),
    SoakCommand.Create(
        "line-faults", "Pulls the cable to the cloud, freezes and resets connections (as root: the cloud runs in a network namespace)", "--rounds", 60,
        Trials.LineFaultsAsync),
};
var given = root.Parse(args);
if (given.Errors.Count == 0)
{
    return await given.InvokeAsync();
}

Console.Error.WriteLine(string.Join(Environment.NewLine, given.Errors.Select(error => error.Message + " (see --help)")));
return 2;
