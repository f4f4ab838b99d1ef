using System.CommandLine;
using IoTHealth.Fuzz;

var cases = new Option<long>("--cases") { Description = "Cases for each decoder", DefaultValueFactory = _ => 10_000_000 };
var seed = new Option<ulong>("--seed") { Description = "Same seed, decoder and case: same bytes", DefaultValueFactory = _ => 1 };
var only = new Option<string[]>("--only") { Description = "Decoders whose name begins so, for example gatt or gatt/2A35; left out = all", AllowMultipleArgumentsPerToken = true };
var replay = new Option<long?>("--case") { Description = "Run this case alone and print its bytes" };
var root = new RootCommand(
    "Feeds mutated vectors and random bytes to every decoder of the devices' protocols: none may throw, hang, take memory without bound or "
    + "find other things in a stream that is cut elsewhere. Exit code 0: none did; 1: one did, told with its bytes; 2: bad usage")
{
    cases, seed, only, replay,
};
root.SetAction((parsed, stop) =>
{
    var names = parsed.GetValue(only) ?? [];
    var chosen = FuzzTargets.All.Where(target => names.Length == 0 || names.Any(name => target.Name.StartsWith(name, StringComparison.Ordinal))).ToList();
    if (chosen.Count == 0)
    {
        Console.Error.WriteLine($"--only: known are {string.Join(", ", FuzzTargets.All)}");
        return Task.FromResult(2);
    }

    var command = new FuzzCommand(Console.Out, parsed.GetValue(seed), TimeProvider.System);
    return Task.FromResult(parsed.GetValue(replay) is { } number ? command.Replay(chosen, number) : command.Run(chosen, parsed.GetValue(cases), stop));
});
var given = root.Parse(args);
if (given.Errors.Count == 0)
{
    return await given.InvokeAsync();
}

Console.Error.WriteLine(string.Join(Environment.NewLine, given.Errors.Select(error => error.Message + " (see --help)")));
return 2;
