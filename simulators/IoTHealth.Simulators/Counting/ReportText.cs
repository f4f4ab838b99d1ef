using System.Globalization;

namespace IoTHealth.Simulators.Counting;

/// <summary>The report for people.</summary>
internal static class ReportText
{
    private static readonly string[] Titles = ["device", "serial", "kind", "sent", "acknowledged", "found", "missing", "duplicated", "foreign"];

    public static async Task WriteAsync(TextWriter output, CountingReport report)
    {
        string[][] lines = [Titles, .. report.Rows.Select(Cells), Total(report)];
        int[] widths = [.. Titles.Select((_, column) => lines.Max(line => line[column].Length))];
        foreach (var line in lines)
        {
            await output.WriteLineAsync(string.Join("  ", line.Select((cell, n) => n < 3 ? cell.PadRight(widths[n]) : cell.PadLeft(widths[n]))).TrimEnd());
        }

        foreach (var example in report.Examples)
        {
            await output.WriteLineAsync(example);
        }

        foreach (var row in report.Rows.Where(row => row.Guarantee == GuaranteeClass.DetectOnly))
        {
            await output.WriteLineAsync($"detect-only: {row.Serial} {row.Kind}: measured {row.Measured}, sent {row.Sent}, stored {row.Found}, lost {row.Lost}");
        }

        await output.WriteLineAsync($"missing {report.Missing}, duplicated {report.Duplicated}, foreign {report.Foreign}");
    }

    private static string[] Cells(CountingRow row) =>
    [
        row.Device, row.Serial, row.Kind,
        .. Numbers(row.Sent, row.Acknowledged, row.Found, row.Missing, row.Duplicated, row.Foreign),
    ];

    private static string[] Total(CountingReport report) =>
        ["all", "", "", .. Numbers(report.Sent, report.Acknowledged, report.Found, report.Missing, report.Duplicated, report.Foreign)];

    private static IEnumerable<string> Numbers(params IEnumerable<long> numbers) => numbers.Select(n => n.ToString(CultureInfo.InvariantCulture));
}
