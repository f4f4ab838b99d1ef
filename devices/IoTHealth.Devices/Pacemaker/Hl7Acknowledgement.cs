using System.Globalization;
using System.Text;
using IoTHealth.Devices.Codecs.Hl7v2;

namespace IoTHealth.Devices.Pacemaker;

/// <summary>The answer to a message: ACK^R01^ACK, MSH with the roles turned round, MSA (HL7 v2.6, section 2.9).</summary>
internal static class Hl7Acknowledgement
{
    private const int ReasonLengthMaximum = 200;

    /// <summary>The answer, in the delimiters and the encoding of the message; in the usual ones where it is no message.</summary>
    public static byte[] Of(DecodedReport report, DateTimeOffset now)
    {
        var end = report.Message.Span.IndexOfAny((byte)'\r', (byte)'\n');
        var isRead = Hl7Message.TryRead(end < 0 ? report.Message.Span : report.Message.Span[..end], out var message, out _);
        var delimiters = isRead ? message.Delimiters : Hl7Delimiters.Usual;
        string Field(int number) => isRead ? message.Msh.Raw(number) : "";
        string[] header =
        [
            "MSH", $"{delimiters.Component}{delimiters.Repetition}{delimiters.Escape}{delimiters.Subcomponent}", Field(5), Field(6), Field(3), Field(4),
            now.ToString("yyyyMMddHHmmss'+0000'", CultureInfo.InvariantCulture), "",
            string.Join(delimiters.Component, "ACK", "R01", "ACK"), Guid.NewGuid().ToString("N")[..20], Or(Field(11), "P"), Or(Field(12), "2.6"),
            "", "", "", "", "", Field(18),
        ];
        string[] verdict = ["MSA", Code(report.Verdict), Field(10), Plain(report.Reason, delimiters)];
        var text = $"{Join(delimiters, header)}\r{Join(delimiters, verdict)}\r";
        return (isRead ? message.Encoding : Encoding.UTF8).GetBytes(text);
    }

    private static string Code(ReportVerdict verdict) => verdict switch
    {
        ReportVerdict.Accepted => "AA",
        ReportVerdict.Unusable => "AE",
        _ => "AR",
    };

    private static string Join(Hl7Delimiters delimiters, string[] fields) => string.Join(delimiters.Field, fields).TrimEnd(delimiters.Field);

    private static string Or(string sent, string usual) => sent.Length > 0 ? sent : usual;

    private static string Plain(string reason, Hl7Delimiters delimiters)
    {
        char[] special = [delimiters.Field, delimiters.Component, delimiters.Repetition, delimiters.Escape, delimiters.Subcomponent];
        var text = string.Concat(reason.Select(c => special.Contains(c) || char.IsControl(c) ? ' ' : c));
        return text.Length > ReasonLengthMaximum ? text[..ReasonLengthMaximum] : text;
    }
}
