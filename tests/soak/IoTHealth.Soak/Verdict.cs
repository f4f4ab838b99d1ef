using System.Globalization;
using System.Text.RegularExpressions;
using IoTHealth.Testing;

namespace IoTHealth.Soak;

/// <summary>What the counting report says of a trial, and what the edge says it gave up.</summary>
/// <param name="Acknowledged">Readings that devices were told are safe.</param>
/// <param name="Missing">Those of them that are no Observation.</param>
/// <param name="Text">The whole report.</param>
public sealed partial record Verdict(long Acknowledged, long Missing, long Duplicated, long Foreign, string Text)
{
    private static readonly string[] NeverGivenUp = ["bed-exit", "fall"];

    public IReadOnlyList<VerdictRow> Rows { get; private init; } = [];

    /// <summary>By serial number, what the edge's gap entries tell; empty where nothing may be given up.</summary>
    public IReadOnlyDictionary<string, long> GivenUp { get; init; } = new Dictionary<string, long>();

    /// <summary>Positions that gap entries tell and that did not come: what was told while it was under way may have come all the same.</summary>
    public long Gone { get; init; }

    /// <summary>Nothing is doubled or foreign; missing is exactly what was told and did not come, of no device more than was told; never an episode.</summary>
    public bool IsClean => Acknowledged > 0 && Duplicated == 0 && Foreign == 0 && Missing == Gone
        && Rows.GroupBy(row => row.Serial).All(device => device.Sum(row => row.Missing) <= GivenUp.GetValueOrDefault(device.Key))
        && !Rows.Any(row => row.Missing > 0 && NeverGivenUp.Contains(row.Kind));

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"acknowledged {Acknowledged}, missing {Missing} (told as given up {GivenUp.Values.Sum()}, of which did not come {Gone}), duplicated {Duplicated}, foreign {Foreign}");

    /// <exception cref="InvalidDataException">It is no report; the message is what the command said.</exception>
    internal static Verdict Of(CommandRun report)
    {
        var (sum, total) = (Sum().Match(report.Output), Total().Match(report.Output));
        return sum.Success && total.Success
            ? new Verdict(Number(total, "acknowledged"), Number(sum, "missing"), Number(sum, "duplicated"), Number(sum, "foreign"), report.Output)
            {
                Rows = [.. Row().Matches(report.Output).Select(row => new VerdictRow(row.Groups["serial"].Value, row.Groups["kind"].Value, Number(row, "missing")))],
            }
            : throw new InvalidDataException($"the counting report ended with exit code {report.ExitCode}: {report.Errors}");
    }

    private static long Number(Match match, string group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"missing (?<missing>\d+), duplicated (?<duplicated>\d+), foreign (?<foreign>\d+)")]
    private static partial Regex Sum();

    [GeneratedRegex(@"^all +(?<sent>\d+) +(?<acknowledged>\d+) +\d+", RegexOptions.Multiline)]
    private static partial Regex Total();

    // device, serial, kind, sent, acknowledged, found, missing, duplicated, foreign
    [GeneratedRegex(@"^\S+ +(?<serial>\S+) +(?<kind>[a-z]\S+) +\d+ +\d+ +\d+ +(?<missing>\d+) +\d+ +\d+\s*$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
