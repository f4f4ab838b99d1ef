using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace IoTHealth.Devices.Codecs.Hl7v2;

/// <summary>
/// An HL7 v2 message: segments of fields, as HL7 v2.6 chapter 2 has them, with what devices really send: segments may end with
/// CR, LF or both; a wrapped document or note goes on in the next line. Any other line that is no segment belongs to nothing.
/// </summary>
public sealed class Hl7Message
{
    private const int SegmentsMaximum = 20_000;
    private const int IdLength = 3;

    private static readonly SearchValues<char> Base64 = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t");

    private Hl7Message(Hl7Delimiters delimiters, IReadOnlyList<Hl7Segment> segments, IReadOnlyList<(int Segment, string Line)> strays, Encoding encoding) =>
        (Delimiters, Segments, Strays, Encoding) = (delimiters, segments, strays, encoding);

    public Hl7Delimiters Delimiters { get; }

    public IReadOnlyList<Hl7Segment> Segments { get; }

    /// <summary>Lines that are no segment and continue none, each with the number of the segment before it.</summary>
    public IReadOnlyList<(int Segment, string Line)> Strays { get; }

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

        var (lines, strays) = Lines(text, delimiters.Field);
        if (lines.Count + strays.Count > SegmentsMaximum)
        {
            reason = $"more than {SegmentsMaximum} segments";
            return false;
        }

        message = new Hl7Message(delimiters, [.. lines.Select(line => new Hl7Segment(line, delimiters))], strays, encoding);
        return true;
    }

    private static (List<string> Lines, List<(int Segment, string Line)> Strays) Lines(string text, char field)
    {
        var (lines, strays) = (new List<string>(), new List<(int Segment, string Line)>());
        var continued = new StringBuilder();
        var goesOn = Continuation.None;
        foreach (var line in text.Split(['\r', '\n'], StringSplitOptions.RemoveEmptyEntries))
        {
            if (lines.Count + strays.Count > SegmentsMaximum)
            {
                break;
            }

            if (lines.Count == 0 || IsSegment(line, field))
            {
                Complete();
                lines.Add(line);
                goesOn = ContinuationOf(line, field);
            }
            else if (!Continues(goesOn, line, field))
            {
                strays.Add((lines.Count, line));
            }
            else
            {
                continued.Append(continued.Length == 0 ? lines[^1] : "").Append(line);
            }
        }

        Complete();
        return (lines, strays);

        void Complete()
        {
            if (continued.Length > 0)
            {
                lines[^1] = continued.ToString();
                continued.Clear();
            }
        }
    }

    // What goes on over the end of a line is the Base64 of a document, up to its field's end, or free text. A line that only
    // looks like a segment ( OBX|…, obx|…) is neither: glued on, it would be lost unseen.
    private static bool Continues(Continuation open, string line, char field)
    {
        var beginning = line.AsSpan().Part(field, 0).Trim();
        return open switch
        {
            Continuation.Document => beginning.Length != IdLength && !beginning.ContainsAnyExcept(Base64),
            Continuation.Text => !line.Contains(field),
            _ => false,
        };
    }

    private static Continuation ContinuationOf(string line, char field)
    {
        var type = line.StartsWith("OBX", StringComparison.Ordinal) ? line.AsSpan().Part(field, 2).Trim() : [];
        return type.Equals("ED", StringComparison.OrdinalIgnoreCase) ? Continuation.Document
            : line.StartsWith("NTE", StringComparison.Ordinal) || type.Equals("TX", StringComparison.OrdinalIgnoreCase) ||
              type.Equals("FT", StringComparison.OrdinalIgnoreCase) ? Continuation.Text
            : Continuation.None;
    }

    private static bool IsSegment(string line, char field) =>
        line.Length >= 4 && line[3] == field && char.IsAsciiLetterUpper(line[0]) &&
        char.IsAsciiLetterOrDigit(line[1]) && char.IsAsciiLetterOrDigit(line[2]) && !char.IsAsciiLetterLower(line[1]) && !char.IsAsciiLetterLower(line[2]);

    /// <summary>What a segment may go on with in the next line.</summary>
    private enum Continuation
    {
        None,
        Document,
        Text,
    }
}
