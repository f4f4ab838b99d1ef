using System.Text;
using System.Text.Unicode;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// An HL7 v2 message: segments of fields, as HL7 v2.6 chapter 2 has them, with what devices really send: segments may end with
/// CR, LF or both; a line that is no segment continues the field before it (Base64 that somebody wrapped).
/// </summary>
public sealed class Hl7Message
{
    private const int SegmentsMaximum = 20_000;

    private Hl7Message(Hl7Delimiters delimiters, IReadOnlyList<Hl7Segment> segments, Encoding encoding) =>
        (Delimiters, Segments, Encoding) = (delimiters, segments, encoding);

    public Hl7Delimiters Delimiters { get; }

    public IReadOnlyList<Hl7Segment> Segments { get; }

    /// <summary>How its bytes were read: UTF-8, or Latin-1.</summary>
    public Encoding Encoding { get; }

    /// <summary>The message header.</summary>
    public Hl7Segment Msh => Segments[0];

    /// <summary>MSH-10, by which an acknowledgement names the message.</summary>
    public string ControlId => Msh.Text(10);

    /// <summary>MSH-9, for example <c>ORU^R01</c>: message code and trigger event.</summary>
    public string Type => $"{Msh.Component(9, 1)}^{Msh.Component(9, 2)}";

    /// <summary>MSH-12.1.</summary>
    public string Version => Msh.Component(12, 1);

    /// <summary>Segments with an id, in order.</summary>
    public IEnumerable<Hl7Segment> All(string id) => Segments.Where(segment => segment.Id == id);

    /// <summary>Reads the content of one MLLP block: UTF-8, or Latin-1 where it is no UTF-8.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out Hl7Message message, out string reason)
    {
        var encoding = Utf8.IsValid(bytes) ? Encoding.UTF8 : Encoding.Latin1;
        return TryRead(encoding.GetString(bytes), encoding, out message, out reason);
    }

    public static bool TryRead(string text, out Hl7Message message, out string reason) => TryRead(text, Encoding.UTF8, out message, out reason);

    private static bool TryRead(string text, Encoding encoding, out Hl7Message message, out string reason)
    {
        message = null!;
        if (!Hl7Delimiters.TryRead(text, out var delimiters, out reason))
        {
            return false;
        }

        var lines = Lines(text, delimiters.Field);
        if (lines.Count > SegmentsMaximum)
        {
            reason = $"more than {SegmentsMaximum} segments";
            return false;
        }

        message = new Hl7Message(delimiters, [.. lines.Select(line => new Hl7Segment(line, delimiters))], encoding);
        return true;
    }

    private static List<string> Lines(string text, char field)
    {
        var lines = new List<string>();
        var continued = new StringBuilder();
        foreach (var line in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count == 0 || IsSegment(line, field))
            {
                Complete();
                lines.Add(line);
            }
            else
            {
                continued.Append(continued.Length == 0 ? lines[^1] : "").Append(line);
            }
        }

        Complete();
        return lines;

        void Complete()
        {
            if (continued.Length > 0)
            {
                lines[^1] = continued.ToString();
                continued.Clear();
            }
        }
    }

    private static bool IsSegment(string line, char field) =>
        line.Length >= 4 && line[3] == field && char.IsAsciiLetterUpper(line[0]) &&
        char.IsAsciiLetterOrDigit(line[1]) && char.IsAsciiLetterOrDigit(line[2]) && !char.IsAsciiLetterLower(line[1]) && !char.IsAsciiLetterLower(line[2]);
}
