using System.CommandLine;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Counting;

/// <summary><c>report</c>: proves, or disproves, that nothing was lost, doubled or altered.</summary>
internal static class ReportCommand
{
    private static readonly Option<DirectoryInfo> Sent = Options.Folder("--sent", "Folder of the devices' *.sent.jsonl.");
    private static readonly Option<DirectoryInfo> Fhir = Options.Folder("--fhir", "Folder of the receiver's fhir.jsonl.");
    private static readonly Option<bool> AsJson = new("--json") { Description = "Print one JSON object instead of a table." };

    private static readonly Option<bool> Meters = new("--meters") { Description = "Count the meters' *.meter.jsonl too; without it, what a meter sent is foreign." };
    private static readonly Option<TimeZoneInfo> Zone = TimeZones.Option("The zone of the meters' clocks.");

    public static Command Create()
    {
        var command = new Command("report", "Counts sent readings against received Observations (exit 1: something is missing, duplicated or foreign).") { Sent, Fhir, AsJson, Meters, Zone };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (folder, found) = (parsed.GetRequiredValue(Sent).FullName, FhirFile.Read(parsed.GetRequiredValue(Fhir).FullName));
        var report = parsed.GetValue(Meters)
            ? MeterFiles.Read(folder, parsed.GetRequiredValue(Zone)).Report(SentFiles.ReadAny(folder), found)
            : CountingReport.Of(SentFiles.Read(folder), found);
        await WriteAsync(parsed.InvocationConfiguration.Output, report, parsed.GetValue(AsJson));

        // Counting nothing proves nothing.
        return report.Acknowledged == 0 ? throw new UsageException("No reading was acknowledged, so nothing is proven.")
            : report.IsClean ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static Task WriteAsync(TextWriter output, CountingReport report, bool asJson) =>
        asJson ? output.WriteLineAsync(ReportJson.Write(report)) : ReportText.WriteAsync(output, report);
}
