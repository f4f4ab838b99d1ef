using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Reports;

/// <summary>Finds the registered device that a report speaks of and keeps what it holds; what nobody can use goes to quarantine.</summary>
public sealed class ReportDesk(DeviceRegistry registry, IMeasurementSink sink, IJournal journal)
{
    /// <summary>Source of what came from no device that is known.</summary>
    public const string Source = "mllp";

    /// <summary>Completes once all of it is durable.</summary>
    /// <returns>The report with its final verdict.</returns>
    /// <exception cref="IOException">It could not be made durable: do not acknowledge.</exception>
    public async ValueTask<DecodedReport> KeepAsync(DecodedReport report, CancellationToken cancellation)
    {
        var devices = report.Serial.Length == 0 ? [] : registry.Devices.OfType<ReportingDevice>().Where(device => report.IsOf(device.Context)).ToList();
        if (report.Verdict == ReportVerdict.Accepted && devices.Count == 1)
        {
            await sink.AcceptAsync(devices[0].Context, report.Upload, cancellation);
            return report with { Reason = Unkept(report) };
        }

        var refused = report.Verdict == ReportVerdict.Accepted ? DecodedReport.Refused(ReportVerdict.Unusable, Why(devices.Count), report.Message) : report;
        var source = devices.Count == 1 ? devices[0].Context.Key : Source;
        await journal.WriteAsync(
            new JournalWrite { Quarantine = [.. refused.Upload.Refusals.Select(refusal => new QuarantinedBytes(source, refusal.Reason, refusal.Raw))] },
            cancellation);
        return refused;
    }

    // Intake judges each reading once more and puts what is implausible in quarantine: the sender hears of that too.
    private static string Unkept(DecodedReport report)
    {
        var implausible = report.Upload.Measurements.Count(measurement => Plausibility.Mistake(measurement) is not null);
        string[] reasons = [report.Reason, implausible > 0 ? $"{implausible} readings are implausible and in quarantine" : ""];
        return string.Join("; ", reasons.Where(reason => reason.Length > 0));
    }

    private static string Why(int devices) => devices == 0
        ? "no device of this model and serial number is registered"
        : "several registered devices have this serial number, and it names no model";
}
