using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>Reads a message of a bedside transmitter as far as an acknowledgement needs it. Pure and total.</summary>
internal static class PacemakerReport
{
    public static DecodedReport Read(ReadOnlyMemory<byte> bytes)
    {
        if (!Hl7Message.TryRead(bytes.Span, out var message, out var reason))
        {
            return DecodedReport.Refused(ReportVerdict.NotUnderstood, reason, bytes);
        }

        if (Foreign(message) is { } foreign)
        {
            return DecodedReport.Refused(ReportVerdict.NotUnderstood, foreign, bytes);
        }

        if (!IdcoReport.TryRead(message, out var report, out reason))
        {
            return DecodedReport.Refused(ReportVerdict.Unusable, reason, bytes);
        }

        if (Unusable(message, report) is { } unusable)
        {
            return DecodedReport.Refused(ReportVerdict.Unusable, unusable, bytes) with { Model = report.Device.Model, Serial = report.Device.Serial };
        }

        var upload = IdcoMeasurements.Read(report);
        var unread = upload.Refusals.Count == 0 ? "" : $"{upload.Refusals.Count} OBX could not be read and are in quarantine";
        return new DecodedReport(ReportVerdict.Accepted, unread, report.Device.Model, report.Device.Serial, upload, bytes)
        {
            Makers = [.. report.Makers],
        };
    }

    private static string? Foreign(Hl7Message message) => message switch
    {
        _ when message.All("MSH").Skip(1).Any() => "it holds two messages",
        { Type: not "ORU^R01" } => "MSH-9 is not ORU^R01",
        _ when !message.Version.StartsWith("2.", StringComparison.Ordinal) => "MSH-12 is not a version 2.x",
        _ => null,
    };

    private static string? Unusable(Hl7Message message, IdcoReport report)
    {
        // HL7 v2 table 0103: what is sent for training or debugging is no value of a person.
        if (message.Msh.Component(11, 1) is "T" or "D")
        {
            return "MSH-11 says that it is a test message";
        }

        if (report.Device.Serial.Length == 0)
        {
            return "it names no serial number of a device";
        }

        if (message.All("OBR").Any(request => request.Component(25, 1).Trim().Equals("X", StringComparison.OrdinalIgnoreCase)))
        {
            return "OBR-25 is X: the report was withdrawn; a person must look for what was sent before";
        }

        // Readings of a second device or person must not become the first one's.
        if (message.All("PID").Skip(1).Any())
        {
            return "it speaks of several patients";
        }

        if (report.Serials.Distinct(StringComparer.OrdinalIgnoreCase).Count() > 1)
        {
            return "PID-3 and OBX 720899 name different devices";
        }

        return report.Models.Any(model => !IsSameModel(model, report.Device.Model)) ? "PID-3 and OBX 720898 name different models" : null;
    }

    // Number alone in one place, number and name in the other.
    private static bool IsSameModel(string one, string other)
    {
        var (shorter, longer) = one.Length < other.Length ? (one, other) : (other, one);
        return longer.StartsWith(shorter, StringComparison.OrdinalIgnoreCase) && (longer.Length == shorter.Length || longer[shorter.Length] == ' ');
    }
}
