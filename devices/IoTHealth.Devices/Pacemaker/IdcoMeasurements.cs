using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Measurements;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>
/// Decoder of an IHE IDCO report: a report in, one measurement for each act, documents and refusals out. Pure and total. OBX that
/// belong to one act and time are one measurement, of leads, counters and episodes those of one instance (OBX-4). What has no term
/// in the catalogue stays in the kept message. Reasons of refusals hold nothing of what was sent.
/// </summary>
public static class IdcoMeasurements
{
    private const string MessageType = "x-application/hl7-v2+er7";

    public static DecodedUpload Read(IdcoReport report)
    {
        var refusals = report.Warnings.Select(warning => Refuse(warning.Segment, warning.Reason, warning.Line)).ToList();
        refusals.AddRange(report.Message.Strays.Select(stray => Refuse(stray.Segment, "the line after it is no segment", stray.Line)));
        var times = new IdcoTimes(report);
        var acts = new List<IdcoAct>();
        var open = new Dictionary<(string Kind, string Instance, string Time), IdcoAct>();
        foreach (var observation in report.Observations)
        {
            if (Take(observation) is { } mistake)
            {
                refusals.Add(Refuse(observation.Segment, mistake, observation.Line));
            }
        }

        return new DecodedUpload(Count(acts), refusals) { Documents = Documents(report, times) };

        // Puts the observation into its act; a reason where it cannot be read, null also for what is no matter of ours.
        string? Take(IdcoObservation observation)
        {
            if (!IdcoTermSigns.TryFind(observation.Code, out var kind, out var sign))
            {
                return Uncatalogued(observation);
            }

            var instance = kind is IdcoTermSigns.HighVoltageLead or IdcoTermSigns.Episode or IdcoTermSigns.EpisodeCount ? observation.Instance.Trim() : "";
            var read = IdcoValue.Of(observation, sign);
            var component = read.Value is { } value ? new Component(sign!.Code, value) : null;
            var said = observation.Said.Trim();
            var time = observation.Code == IdcoTermSigns.EpisodeTime ? times.Read(said) : times.Of(observation, kind);
            if (read.Mistake is { } mistake)
            {
                return mistake;
            }

            if (component is null && (sign is not null || said.Length == 0 || IdcoEnumerations.IsNothing(said)))
            {
                return null;
            }

            if (time is null)
            {
                return "the episode's time cannot be read";
            }

            if (kind == IdcoTermSigns.HighVoltageLead && !IsLead(instance))
            {
                return "OBX-4 is no number of a lead";
            }

            Act(kind, instance, observation, component, time).Add(observation, component, time);
            return null;
        }

        // An episode is one act whenever its parts were sent; anything else measured at two times is two.
        IdcoAct Act(string kind, string instance, IdcoObservation observation, Component? component, IdcoTime time)
        {
            var key = (kind, instance, kind == IdcoTermSigns.Episode ? "" : time.Identity);
            if (!open.TryGetValue(key, out var act) || !act.Takes(observation, component))
            {
                act = open[key] = new IdcoAct(kind, instance);
                acts.Add(act);
            }

            return act;
        }
    }

    private static bool IsLead(string instance) => instance.Length <= 2 && instance.All(char.IsAsciiDigit);

    private static string? Uncatalogued(IdcoObservation observation)
    {
        var said = observation.Said.Trim();
        return IdcoTermSigns.IsLeftAtrium(observation.Code) && said.Length > 0 && !IdcoEnumerations.IsNothing(said)
            ? "a lead in the left atrium is not in the catalogue"
            : observation.Code == IdcoTermSigns.BatteryTime && IdcoObx.IsUnreadable(said) ? "the battery's time cannot be read" : null;
    }

    // What one report tells twice of one numbered episode is one; equal counters are two.
    private static List<DecodedMeasurement> Count(IEnumerable<IdcoAct> acts)
    {
        var seen = new Dictionary<(string Kind, string Stable), int>();
        var told = new HashSet<string>(StringComparer.Ordinal);
        var counted = new List<DecodedMeasurement>();
        foreach (var act in acts)
        {
            var measurement = act.Complete();
            var key = (measurement.Kind, Convert.ToHexString(measurement.Stable.AsSpan()));
            if (!act.IsNumbered || told.Add($"{key.Item2} {act.Content}"))
            {
                var occurrence = seen.GetValueOrDefault(key);
                seen[key] = occurrence + 1;
                counted.Add(measurement with { Occurrence = occurrence });
            }
        }

        return counted;
    }

    private static List<DecodedDocument> Documents(IdcoReport report, IdcoTimes times)
    {
        var documents = report.Documents
            .Select(document => new DecodedDocument(SentText.Of(document.Title), "application/pdf", document.Content, times.OfDocument(document.Time))).ToList();
        documents.Add(new DecodedDocument("HL7 v2 ORU^R01", MessageType, WithoutDocuments(report.Message), times.OfDocument(report.ReportTime)));
        return documents;
    }

    // The documents are kept beside it; twice would be too much.
    private static byte[] WithoutDocuments(Hl7Message message)
    {
        var field = message.Delimiters.Field;
        var lines = message.Segments.Select(segment => segment.Id == "OBX" && IdcoObx.Type(segment) == "ED"
            ? string.Join(field, segment.Line.Split(field).Select((text, number) => number == 5 ? "[document kept apart]" : text))
            : segment.Line);
        return message.Encoding.GetBytes(string.Join('\r', lines) + "\r");
    }

    private static Refusal Refuse(int segment, string reason, string line) => new($"segment {segment}: {reason}", Encoding.UTF8.GetBytes(line));
}
