using System.CommandLine;
using IoTHealth.Benchmarks;
using IoTHealth.Benchmarks.Devices;
using IoTHealth.Benchmarks.Edge;
using IoTHealth.Benchmarks.Load;

ISuite[] suites = [new DeviceSuite(TimeProvider.System), new EdgeSuite(TimeProvider.System)];
var root = new RootCommand(
    "Measures what the product promises of its speed: ratios to a yardstick in the same run, so that they hold on any machine. "
    + "Build with -c Release. Exit code 0: every bar is held; 1: one is missed; 2: bad usage");
foreach (var suite in suites)
{
    suite.Command.SetAction((parsed, stop) => RunAsync(suite, parsed, stop));
    root.Subcommands.Add(suite.Command);
}

root.Subcommands.Add(new LoadCommand(TimeProvider.System).Command);
root.Subcommands.Add(BareBroker.Command);

var given = root.Parse(args);
if (given.Errors.Count == 0)
{
    return await given.InvokeAsync();
}

Console.Error.WriteLine(string.Join(Environment.NewLine, given.Errors.Select(error => error.Message + " (see --help)")));
return 2;

static async Task<int> RunAsync(ISuite suite, ParseResult parsed, CancellationToken stop)
{
    var missed = 0;
    await foreach (var figure in suite.MeasureAsync(parsed, stop))
    {
        Console.WriteLine(figure);
        missed += figure.IsMissed ? 1 : 0;
    }

    Console.WriteLine(missed == 0 ? "every bar is held" : $"{missed} bars are missed");
    return missed == 0 ? 0 : 1;
}
