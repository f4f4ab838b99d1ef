using System.Globalization;
using System.Text.RegularExpressions;
using IoTHealth.Testing;

namespace IoTHealth.Soak;

/// <summary>What the counting report says of a trial.</summary>
/// <param name="Acknowledged">Readings that devices were told are safe.</param>
/// <param name="Missing">Those of them that are no Observation.</param>
/// <param name="Text">The whole report.</param>
public sealed partial record Verdict(long Acknowledged, long Missing, long Duplicated, long Foreign, string Text)
{
    public bool IsClean => Acknowledged > 0 && Missing == 0 && Duplicated == 0 && Foreign == 0;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"acknowledged {Acknowledged}, missing {Missing}, duplicated {Duplicated}, foreign {Foreign}");

    /// <exception cref="InvalidDataException">It is no report; the message is what the command said.</exception>
    internal static Verdict Of(CommandRun report)
    {
        var (sum, total) = (Sum().Match(report.Output), Total().Match(report.Output));
        return sum.Success && total.Success
            ? new Verdict(Number(total, 2), Number(sum, 1), Number(sum, 2), Number(sum, 3), report.Output)
            : throw new InvalidDataException($"the counting report ended with exit code {report.ExitCode}: {report.Errors}");
    }

    private static long Number(Match match, int group) => long.Parse(match.Groups[group].ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"missing (\d+), duplicated (\d+), foreign (\d+)")]
    private static partial Regex Sum();

    // The columns of the sum: sent, acknowledged, found …
    [GeneratedRegex(@"^all +(\d+) +(\d+) +\d+", RegexOptions.Multiline)]
    private static partial Regex Total();
}
