using System.CommandLine;

namespace IoTHealth.Benchmarks;

/// <summary>Figures that are measured by one command.</summary>
internal interface ISuite
{
    /// <summary>The command: name, description and the suite's own options.</summary>
    Command Command { get; }

    /// <summary>Measures one figure after the other.</summary>
    IAsyncEnumerable<Figure> MeasureAsync(ParseResult parsed, CancellationToken stop);
}
