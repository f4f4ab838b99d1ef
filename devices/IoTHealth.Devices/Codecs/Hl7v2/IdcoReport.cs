using System.Globalization;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>The implanted device a report speaks of; empty where the report does not say.</summary>
public sealed record IdcoDevice(string Type, string Model, string Serial, string Manufacturer);

/// <summary>One OBX of a report.</summary>
/// <param name="Code">IEEE 11073-10103 number, or null where neither it nor the reference id is known.</param>
/// <param name="ReferenceId">Reference id as sent.</param>
/// <param name="Instance">OBX-4: lead, zone or episode; empty where there is none.</param>
/// <param name="Number">The number of an NM or SN field, or null.</param>
/// <param name="Unit">Unit as sent.</param>
/// <param name="Coding">Code of a CWE field; null for none and for the text 'Null', which means no status.</param>
/// <param name="CodingText">Text of a CWE field.</param>
/// <param name="Text">Any other content: text, date and time as sent.</param>
/// <param name="Time">OBX-14, else OBX-17, else OBR-7, as sent.</param>
public sealed record IdcoObservation(
    uint? Code, string ReferenceId, string Instance, decimal? Number, string Unit, string? Coding, string CodingText, string Text, string Time)
{
    /// <summary>Number of its segment in the message, from 1.</summary>
    public int Segment { get; init; }

    /// <summary>Its segment as sent.</summary>
    public string Line { get; init; } = "";

    /// <summary>OBX-5 and OBX-6 as sent.</summary>
    public string Sent { get; init; } = "";

    /// <summary>OBX-11 in capitals: F final, P preliminary, C corrected, X not obtained, W sent in error, D to be deleted …</summary>
    public string Status { get; init; } = "";

    /// <summary>Empty, or <c>&lt;</c> / <c>&gt;</c> where the number is a limit.</summary>
    public string Comparator { get; init; } = "";

    /// <summary>What OBX-5 says, as text.</summary>
    public string Said => Coding ?? Number?.ToString(CultureInfo.InvariantCulture) ?? Text;

    /// <summary>Whether OBX-14 says something that is no time.</summary>
    public bool IsTimeUnreadable { get; init; }

    /// <summary>Whether OBX-5 has several repetitions.</summary>
    public bool IsRepeated { get; init; }
}

/// <summary>A document that came with a report.</summary>
/// <param name="Title">OBX-3 text.</param>
/// <param name="Content">The decoded PDF.</param>
/// <param name="Time">OBX-14, else OBX-17, else OBR-7, as sent.</param>
public sealed record IdcoDocument(string Title, byte[] Content, string Time);

/// <summary>A segment that could not be read.</summary>
/// <param name="Segment">Its number in the message, from 1.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Line">The segment as sent.</param>
public sealed record IdcoWarning(int Segment, string Reason, string Line);

/// <summary>
/// A remote or in-clinic report of a pacemaker or ICD: IHE PCC Implantable Device Cardiac Observation, an ORU^R01 with terms of
/// IEEE 11073-10103. OBX set ids are neither unique nor used.
/// </summary>
public sealed record IdcoReport(
    Hl7Message Message, IdcoDevice Device, IReadOnlyList<string> PatientIds, string ReportTime, IReadOnlyList<IdcoObservation> Observations,
    IReadOnlyList<IdcoDocument> Documents, IReadOnlyList<IdcoWarning> Warnings)
{
    private const uint DeviceType = 720897;
    private const uint DeviceModel = 720898;
    private const uint DeviceSerial = 720899;
    private const uint DeviceManufacturer = 720900;

    /// <summary>Reads a report out of a message; what a single OBX has wrong becomes a warning and never costs its neighbours.</summary>
    public static bool TryRead(Hl7Message message, out IdcoReport report, out string reason)
    {
        report = null!;
        if (message.Type != "ORU^R01")
        {
            reason = "MSH-9 is not ORU^R01";
            return false;
        }

        var warnings = new List<IdcoWarning>();
        var observations = new List<IdcoObservation>();
        var documents = new List<IdcoDocument>();
        var reportTime = "";
        foreach (var (index, segment) in message.Segments.Index())
        {
            if (segment.Id == "OBR")
            {
                reportTime = segment.Component(7, 1);
            }
            else if (segment.Id == "OBX" && IdcoObx.Type(segment) == "ED")
            {
                AddDocument(segment, index + 1, reportTime, documents, warnings);
            }
            else if (segment.Id == "OBX")
            {
                observations.Add(IdcoObx.Read(segment, index + 1, reportTime));
            }
        }

        if (observations.Count + documents.Count == 0)
        {
            reason = "the report has no OBX";
            return false;
        }

        var patientIds = message.All("PID").Take(1).SelectMany(pid => pid.Repetitions(3).Select(r => pid.ComponentOf(r, 1))).ToList();
        report = new IdcoReport(message, Describe(observations, patientIds), patientIds, reportTime, observations, documents, warnings);
        reason = "";
        return true;
    }

    private static void AddDocument(Hl7Segment segment, int number, string reportTime, List<IdcoDocument> documents, List<IdcoWarning> warnings)
    {
        // HL7 v2 table 0085, as for observations.
        var status = segment.Text(11).Trim().ToUpperInvariant();
        if (status is "X" or "W" or "D")
        {
            warnings.Add(new IdcoWarning(number, $"the document: OBX-11 is {status}, so it is none to keep; a person must look for what was sent before", segment.Line));
        }
        else if (EncapsulatedPdf.TryRead(segment, 5, out var content, out var mistake))
        {
            documents.Add(new IdcoDocument(segment.Component(3, 2), content, IdcoObx.Time(segment, reportTime)));
        }
        else
        {
            warnings.Add(new IdcoWarning(number, $"the document: {mistake}", segment.Line));
        }
    }

    // What the observations say counts; PID-3 'model:M/serial:S' fills what they leave open.
    private static IdcoDevice Describe(List<IdcoObservation> observations, List<string> patientIds)
    {
        string Find(uint code) => observations.Find(o => o.Code == code) is { } found ? Said(found) : "";
        var fromPid = patientIds.Select(PidDevice).FirstOrDefault(device => device is not null);
        return new IdcoDevice(
            Find(DeviceType), Or(Find(DeviceModel), fromPid?.Model), Or(Find(DeviceSerial), fromPid?.Serial), Find(DeviceManufacturer));
    }

    /// <summary>Every model that it names, in OBX or in PID-3.</summary>
    public IEnumerable<string> Models => Observations.Where(o => o.Code == DeviceModel).Select(Said)
        .Concat(PatientIds.Select(id => PidDevice(id)?.Model ?? ""))
        .Where(model => model.Length > 0);

    /// <summary>The manufacturer's names: code and text of what it says in OBX.</summary>
    public IEnumerable<string> Makers => Observations.Where(o => o.Code == DeviceManufacturer).SelectMany(o => new[] { Said(o), o.CodingText })
        .Where(name => name.Trim().Length > 0 && !name.Trim().Equals("null", StringComparison.OrdinalIgnoreCase));

    /// <summary>Every serial number that it names, in OBX or in PID-3.</summary>
    public IEnumerable<string> Serials => Observations.Where(o => o.Code == DeviceSerial).Select(Said)
        .Concat(PatientIds.Select(id => PidDevice(id)?.Serial ?? ""))
        .Where(serial => serial.Length > 0);

    // A serial number may come as a number.
    private static string Said(IdcoObservation observation) =>
        (observation.Number is null ? observation.Coding ?? observation.Text : observation.Sent).Trim();

    private static (string Model, string Serial)? PidDevice(string id)
    {
        const string Model = "model:";
        const string Serial = "/serial:";
        var slash = id.IndexOf(Serial, StringComparison.OrdinalIgnoreCase);
        return id.StartsWith(Model, StringComparison.OrdinalIgnoreCase) && slash > 0
            ? (id[Model.Length..slash].Trim(), id[(slash + Serial.Length)..].Trim())
            : null;
    }

    private static string Or(string first, string? second) => first.Length > 0 ? first : second ?? "";
}
