using IoTHealth.Devices;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Reports;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Edge.Management;

/// <summary>What became of an item that was tried again.</summary>
/// <param name="Number">The item.</param>
/// <param name="Outcome"><c>stored</c>, <c>refused</c>, or <c>not offered</c>.</param>
/// <param name="Reason">Why it was refused again, or cannot be tried again.</param>
/// <param name="Readings">Readings it came to.</param>
public sealed record RetryOutcome(long Number, string Outcome, string Reason = "", int Readings = 0);

/// <summary>
/// Reads quarantined bytes again with today's drivers, profiles and plausibility, and stores what now passes in the transaction that marks the
/// item as done. The reading counts as received when it came, not now.
/// </summary>
public sealed class QuarantineRetry(DeviceRegistry registry, MeasurementIntake intake, IJournal journal)
{
    private const string Stored = "stored";
    private const string Refused = "refused";
    private const string NotOffered = "not offered";

    /// <exception cref="IOException">It could not be made durable.</exception>
    public async Task<RetryOutcome> RetryAsync(long number, DateTimeOffset at, QuarantinedBytes item, CancellationToken cancellation)
    {
        if (Read(item) is not { } read)
        {
            return new RetryOutcome(number, NotOffered, WhyNot(item));
        }

        // What was accepted of the same record had an identity made up at receipt: it would be stored a second time.
        if (read.Upload.Measurements.Any(measurement => measurement.Stable.IsEmpty))
        {
            return new RetryOutcome(number, NotOffered, "its readings carry neither time nor sequence, so what was accepted of it would be stored twice");
        }

        // Whether the clock was right then is not kept: the time is as uncertain as it would be had it not been.
        var judged = intake.Judge(read.Device, read.Upload, new GatewayMoment(Guid.Empty, 0, at, IsSynchronised: false));
        if (judged.Quarantine.FirstOrDefault(again => again.Reason == item.Reason) is not null)
        {
            return new RetryOutcome(number, Refused, item.Reason);
        }

        var readings = judged.Entries.Count;
        if (readings == 0 && judged.Quarantine.Count == 0)
        {
            return new RetryOutcome(number, Refused, "it holds no reading");
        }

        await journal.WriteAsync(
            new JournalWrite
            {
                Settled = [number],
                Entries = [.. judged.Entries.Select(entry => entry.Origin is null ? entry : entry with { Origin = item.Origin ?? entry.Origin })],
                Quarantine = [.. judged.Quarantine.Select(again => again with { Origin = item.Origin ?? again.Origin })],
            },
            cancellation);
        return readings > 0
            ? new RetryOutcome(number, Stored, judged.Quarantine.Count > 0 ? judged.Quarantine[0].Reason : "", readings)
            : new RetryOutcome(number, Refused, judged.Quarantine[0].Reason);
    }

    private (DeviceContext Device, DecodedUpload Upload)? Read(QuarantinedBytes item)
    {
        if (item.Source == ReportDesk.Source)
        {
            return registry.Devices.OfType<ReportingDevice>().Select(device => (Device: device, Report: device.Driver.Read(item.Raw)))
                .Where(one => one.Report.Verdict == ReportVerdict.Accepted && one.Report.IsOf(one.Device.Context)).ToList() is [var only]
                ? (only.Device.Context, only.Report.Upload)
                : null;
        }

        // The key may have passed to another device since.
        var holder = registry.Find(item.Source);
        return holder?.Context.Id.Value != item.Origin?.Device ? null : holder switch
        {
            MqttDevice mqtt => (mqtt.Context, Read(mqtt, item.Raw)),
            ReportingDevice reporting => (reporting.Context, reporting.Driver.Read(item.Raw).For(reporting.Context).Upload),
            SerialDevice { Driver: IReportDriver driver } serial => (serial.Context, driver.Read(item.Raw).For(serial.Context).Upload),
            _ => null,
        };
    }

    // Which of its topics it came on is not kept; a record reads on one of them.
    private static DecodedUpload Read(MqttDevice device, ReadOnlyMemory<byte> raw) =>
        device.Topics.Order(StringComparer.Ordinal).Select(topic => device.Driver.Read(new MqttMessage(topic, raw, 1, Retain: false, Duplicate: false), device.Context)).OrderBy(upload => upload.Refusals.Count).First();

    private string WhyNot(QuarantinedBytes item) => item.Source == ReportDesk.Source
        ? "it is no report that can be used, or no single registered device is the one it speaks of"
        : registry.Find(item.Source) is { } device
            ? device.Context.Id.Value != item.Origin?.Device ? $"they came from another device than the one that is '{item.Source}' now" : device.Guarantee == GuaranteeClass.ReReadable
                ? "the device keeps its memory and is read again; these bytes alone do not say whose they are"
                : "these bytes alone do not say whose they are; they stay here for a person to read"
            : $"no device '{item.Source}' is registered";
}
