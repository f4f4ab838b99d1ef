using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// Decoder of an IHE IDCO report: a report in, one measurement for each act, documents and refusals out. Pure and total. OBX that
/// belong to one act, instance (OBX-4) and time are one measurement. What has no term in the catalogue stays in the kept message.
/// </summary>
public static class IdcoMeasurements
{
    private const string MessageType = "x-application/hl7-v2+er7";

    public static DecodedUpload Read(IdcoReport report)
    {
        var refusals = report.Warnings.Select(warning => Refuse(warning.Segment, warning.Reason, warning.Line)).ToList();
        var acts = new List<IdcoAct>();
        var open = new Dictionary<(string Kind, string Instance, string Time), IdcoAct>();
        foreach (var observation in report.Observations)
        {
            if (!IdcoTermSigns.TryFind(observation.Code, out var kind, out var sign))
            {
                continue;
            }

            var read = sign is null ? default : IdcoValue.Of(observation, sign);
            if (read.Mistake is { } mistake)
            {
                refusals.Add(Refuse(observation.Segment, mistake, observation.Line));
            }
            else if (sign is null || read.Value is not null)
            {
                Act(kind, observation).Add(observation, read.Value is { } value ? new Component(sign!.Code, value) : null);
            }
        }

        return new DecodedUpload(Count(acts.Where(act => act.HasValue).Select(act => act.Complete(Unique(report.Message)))), refusals)
        {
            Documents = Documents(report),
        };

        // An episode is one act whenever its parts were sent; anything else measured at two times is two.
        IdcoAct Act(string kind, IdcoObservation observation)
        {
            var key = (kind, observation.Instance, kind == IdcoTermSigns.Episode ? "" : observation.Time);
            if (!open.TryGetValue(key, out var act) || !act.Takes(observation))
            {
                act = open[key] = new IdcoAct(kind, observation.Instance, MessageTime(report.Message));
                acts.Add(act);
            }

            return act;
        }
    }

    private static List<DecodedMeasurement> Count(IEnumerable<DecodedMeasurement> measurements)
    {
        var seen = new Dictionary<(string Kind, string Stable), int>();
        var counted = new List<DecodedMeasurement>();
        foreach (var measurement in measurements)
        {
            var key = (measurement.Kind, Encoding.UTF8.GetString(measurement.Stable.AsSpan()));
            var occurrence = seen.GetValueOrDefault(key);
            seen[key] = occurrence + 1;
            counted.Add(measurement with { Occurrence = occurrence });
        }

        return counted;
    }

    private static List<DecodedDocument> Documents(IdcoReport report)
    {
        DeviceTime? At(string time) => new[] { time, MessageTime(report.Message) }
            .Select(sent => Hl7DateTime.TryRead(sent, out var read) ? read.Time : null).FirstOrDefault(read => read is not null);
        var documents = report.Documents.Select(document => new DecodedDocument(document.Title, "application/pdf", document.Content, At(document.Time))).ToList();
        documents.Add(new DecodedDocument("HL7 v2 ORU^R01", MessageType, WithoutDocuments(report.Message), At(report.ReportTime)));
        return documents;
    }

    // The documents are kept beside it; twice would be too much.
    private static byte[] WithoutDocuments(Hl7Message message)
    {
        var field = message.Delimiters.Field;
        var lines = message.Segments.Select(segment => segment.Id == "OBX" && segment.Text(2) == "ED"
            ? string.Join(field, segment.Line.Split(field).Select((text, number) => number == 5 ? "[document kept apart]" : text))
            : segment.Line);
        return message.Encoding.GetBytes(string.Join('\r', lines) + "\r");
    }

    private static string MessageTime(Hl7Message message) => message.Msh.Component(7, 1);

    private static string Unique(Hl7Message message) =>
        message.ControlId.Length + message.Msh.Raw(7).Length == 0 ? "" : $"{message.ControlId}|{message.Msh.Raw(7)}";

    private static Refusal Refuse(int segment, string reason, string line) => new($"segment {segment}: {reason}", Encoding.UTF8.GetBytes(line));
}
