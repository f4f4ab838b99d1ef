using System.CommandLine;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Counting;

/// <summary><c>report</c>: proves, or disproves, that nothing was lost, doubled or altered.</summary>
internal static class ReportCommand
{
    private static readonly Option<DirectoryInfo> Sent = Options.Folder("--sent", "Folder of the devices' *.sent.jsonl and *.device.jsonl.");
    private static readonly Option<DirectoryInfo> Fhir = Options.Folder("--fhir", "Folder of the receiver's fhir.jsonl.");
    private static readonly Option<bool> AsJson = new("--json") { Description = "Print one JSON object instead of a table." };

    private static readonly Option<bool> Meters = new("--meters") { Description = "Count the meters' *.meter.jsonl too; without it, what a meter sent is foreign." };
    private static readonly Option<TimeZoneInfo> Zone = TimeZones.Option("The zone of device clocks that tell none.");

    public static Command Create()
    {
        var command = new Command("report", "Counts sent readings against received Observations (exit 1: something is missing, duplicated or foreign).") { Sent, Fhir, AsJson, Meters, Zone };
        command.SetAction((parsed, _) => RunAsync(parsed));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed)
    {
        var (folder, zone, fhir) = (parsed.GetRequiredValue(Sent).FullName, parsed.GetRequiredValue(Zone), parsed.GetRequiredValue(Fhir).FullName);
        var devices = DeviceFiles.Read(folder, zone);
        var (sent, found) = (SentFiles.Read(folder).Concat(devices.Readings), FhirFile.Read(fhir).Select(devices.Reword));
        if (parsed.GetValue(Meters))
        {
            var meters = MeterFiles.Read(folder, zone);
            (sent, found) = (sent.Concat(meters.Readings), found.Select(meters.Reword));
        }

        var report = CountingReport.Of(sent, found);
        await WriteAsync(parsed.InvocationConfiguration.Output, report, parsed.GetValue(AsJson));

        // Counting nothing proves nothing.
        return !report.Proves ? throw new UsageException($"{folder}: tells of no acknowledged reading, and none of a detect-only device arrived, so nothing is proven.")
            : report.IsClean ? ExitCode.Success : ExitCode.CheckFailed;
    }

    private static Task WriteAsync(TextWriter output, CountingReport report, bool asJson) =>
        asJson ? output.WriteLineAsync(ReportJson.Write(report)) : ReportText.WriteAsync(output, report);
}
