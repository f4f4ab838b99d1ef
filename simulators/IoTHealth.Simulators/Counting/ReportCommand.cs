using System.CommandLine;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Counting;

/// <summary><c>report</c>: proves, or disproves, that nothing was lost, doubled or altered.</summary>
internal static class ReportCommand
{
    private static readonly Option<DirectoryInfo> Sent = Options.Folder("--sent", "Folder of the devices' *.sent.jsonl.");
    private static readonly Option<DirectoryInfo> Fhir = Options.Folder("--fhir", "Folder of the receiver's fhir.jsonl.");
    private static readonly Option<bool> AsJson = new("--json") { Description = "Print one JSON object instead of a table." };

    public static Command Create()
    {
        var command = new Command("report", "Counts sent readings against received Observations (exit 1: something is missing, duplicated or foreign).") { Sent, Fhir, AsJson };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var sent = SentFiles.Read(parsed.GetRequiredValue(Sent).FullName);
        var report = CountingReport.Of(sent, FhirFile.Read(parsed.GetRequiredValue(Fhir).FullName));
        await WriteAsync(parsed.InvocationConfiguration.Output, report, parsed.GetValue(AsJson));

        // Counting nothing proves nothing.
        return report.Acknowledged == 0 ? throw new UsageException("No reading was acknowledged, so nothing is proven.")
            : report.IsClean ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static Task WriteAsync(TextWriter output, CountingReport report, bool asJson) =>
        asJson ? output.WriteLineAsync(ReportJson.Write(report)) : ReportText.WriteAsync(output, report);
}
