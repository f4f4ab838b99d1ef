using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Pairing;
using IoTHealth.Edge.Registry;

namespace IoTHealth.Edge.Reports;

/// <summary>Finds the registered device that a report speaks of and keeps what it holds; what nobody can use goes to quarantine.</summary>
public sealed class ReportDesk(DeviceRegistry registry, IMeasurementSink sink, IJournal journal, GatewayClock clock, RefusalLog? log = null, PairingList? pairing = null)
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
            return report;
        }

        var refused = report.Verdict == ReportVerdict.Accepted ? DecodedReport.Refused(ReportVerdict.Unusable, Why(devices.Count), report.Message) : report;
        if (report is { Verdict: ReportVerdict.Accepted, Serial.Length: > 0 } && devices.Count == 0)
        {
            pairing?.Note("mllp", report.Serial, Source, report.Model, quarantine: Source);
        }

        var source = devices.Count == 1 ? devices[0].Context.Key : Source;
        Origin? origin = devices.Count == 1 ? new Origin(devices[0].Context.Id.Value, clock.DayOf(clock.Now())) : null;
        await journal.WriteAsync(
            new JournalWrite { Quarantine = [.. refused.Upload.Refusals.Select(refusal => new QuarantinedBytes(source, refusal.Reason, refusal.Raw) { Origin = origin })] },
            cancellation);
        foreach (var refusal in refused.Upload.Refusals)
        {
            log?.Say(source, refusal.Reason);
        }

        return refused;
    }

    private static string Why(int devices) => devices == 0
        ? "no device of this model and serial number is registered"
        : "several registered devices have this serial number, and it names no model";
}
