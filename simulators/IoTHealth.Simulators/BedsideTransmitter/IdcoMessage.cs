using System.Globalization;
using System.Text;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>IHE IDCO: ORU^R01 of HL7 v2.6, in UTF-8 (all of it is ASCII).</summary>
internal static class IdcoMessage
{
    private const string PdfField = "18750-0^Cardiac Electrophysiology Report^LN";

    /// <param name="control">MSH-10.</param>
    /// <param name="time">The report's time.</param>
    /// <param name="pdf">The report for people, or null.</param>
    /// <param name="lineFeeds">Segments end with LF, as some senders write them, and not with CR.</param>
    /// <param name="repeatSetIds">Every OBX-1 is 1, as some senders write them.</param>
    /// <param name="withoutOffsets">Times have no offset, but for MSH-7.</param>
    public static byte[] Encode(
        Implant implant, string control, DateTimeOffset time, IReadOnlyList<ImplantAct> acts, byte[]? pdf, bool lineFeeds = false, bool repeatSetIds = false,
        bool withoutOffsets = false)
    {
        var (sent, setId, end) = (Written(Hl7Text.Time(time)), 0, lineFeeds ? '\n' : '\r');
        var message = new StringBuilder(8192);
        Append($@"MSH|{Hl7Text.Delimiters}|BEDSIDE|IOTHEALTH|GATEWAY||{Hl7Text.Time(time)}||ORU^R01^ORU_R01|{Hl7Text.Escape(control)}|P|2.6||||||UNICODE UTF-8");
        Append($"PID|1||{Hl7Text.Escape($"model:{implant.Model}/serial:{implant.Serial}")}^^^{CodedValue.Manufacturer.Code}^U");
        Append("PV1|1|R");
        Append($"OBR|1||{Hl7Text.Escape(control)}|{CodedValue.Remote.Code}^REMOTE FOLLOW-UP^MDC|||{sent}||||||||||||||||||F");
        foreach (var act in acts)
        {
            foreach (var finding in act.Findings)
            {
                Append(Obx(NextId(), act, finding, Written));
            }
        }

        if (pdf is not null)
        {
            Append($"OBX|{NextId()}|ED|{PdfField}||^application^pdf^Base64^{Convert.ToBase64String(pdf)}||||||F|||{sent}");
        }

        return Encoding.UTF8.GetBytes(message.ToString());

        void Append(string segment) => message.Append(segment).Append(end);

        string Written(string moment) => withoutOffsets ? Hl7Text.WithoutOffset(moment) : moment;

        string NextId() => (repeatSetIds ? 1 : ++setId).ToString(CultureInfo.InvariantCulture);
    }

    private static string Obx(string setId, ImplantAct act, Finding finding, Func<string, string> written)
    {
        var term = finding.Term;
        var instance = act.Instance == 0 ? "" : act.Instance.ToString(CultureInfo.InvariantCulture);
        var obx = $"OBX|{setId}|{term.Type}|{term.Number}^{term.Reference}^MDC|{instance}|{(term.Type == "DTM" ? written(finding.Value) : finding.Value)}|{term.Unit}|||||F";
        return act.IsTimed ? $"{obx}|||{written(Hl7Text.Time(act.Observed ?? act.Time))}" : obx;
    }
}
