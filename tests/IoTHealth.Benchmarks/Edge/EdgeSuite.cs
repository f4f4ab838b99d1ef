using System.CommandLine;
using System.Runtime.CompilerServices;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>The gateway's own speed: intake, latency, backlog, memory, journal. A further figure is a line of the table.</summary>
internal sealed class EdgeSuite : ISuite
{
    private readonly (string Name, Func<EdgeRun, IAsyncEnumerable<Figure>> Measure)[] _figures =
    [
        ("intake", IntakeFigure.MeasureAsync),
        ("latency", LatencyFigure.MeasureAsync),
        ("memory", MemoryFigure.MeasureAsync),
        ("journal", JournalAppend.MeasureAsync),
    ];

    private readonly TimeProvider _time;
    private readonly Option<string[]> _only = new("--only") { AllowMultipleArgumentsPerToken = true };
    private readonly Option<int> _rounds = new("--rounds") { Description = "Rounds of which the median is told", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _messages = new("--messages") { Description = "Messages of a round of load", DefaultValueFactory = _ => 100_000 };

    private readonly Option<int> _measurements = new("--measurements") { Description = "Measurements after which memory is looked at; ten million are promised", DefaultValueFactory = _ => 1_000_000 };
    private readonly Option<string[]> _gateways = new("--gateway") { Description = "Further gateways whose memory is measured: programs published as ReadyToRun, for example" };

    public EdgeSuite(TimeProvider time)
    {
        _time = time;
        _only.Description = $"Figures to measure, of {string.Join(", ", _figures.Select(figure => figure.Name))}; all when left out";
        Command = new Command("edge", "The gateway's intake, latency, backlog and memory, against peers and the disk in the same run")
        {
            _only, _rounds, _messages, _measurements, _gateways,
        };
    }

    public Command Command { get; }

    public async IAsyncEnumerable<Figure> MeasureAsync(ParseResult parsed, [EnumeratorCancellation] CancellationToken stop)
    {
        var only = parsed.GetValue(_only) ?? [];
        var run = new EdgeRun(parsed.GetValue(_rounds), parsed.GetValue(_messages), parsed.GetValue(_measurements), parsed.GetValue(_gateways) ?? [], _time, stop);
        foreach (var (name, measure) in _figures.Where(figure => only.Length == 0 || only.Contains(figure.Name)))
        {
            Console.Error.WriteLine($"measuring {name} …");
            await foreach (var figure in measure(run).WithCancellation(stop))
            {
                yield return figure;
            }
        }
    }
}
