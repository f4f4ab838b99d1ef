using System.Text;
using IoTHealth.Devices;
using IoTHealth.Devices.Codecs.Hl7v2;
using IoTHealth.Devices.Pacemaker;

namespace IoTHealth.Fuzz.Targets;

/// <summary>HL7 v2: blocks, messages, IDCO reports with their PDF, and the measurements in them.</summary>
internal static class Hl7Targets
{
    private const int SmallBlock = 64;
    private const int ObservationsOfASmallReport = 6;

    private const string Pdf = "OBX|9|ED|18750-0^Cardiac Electrophysiology Report^LN||Application^PDF^^Base64^JVBERi0xLjQKJSVFT0Y=|||||||F\r";

    private static readonly byte[][] Tokens =
        [.. new[] { "|", "^", "~", "\\", "&", "\r", "\n", "MSH|^~\\&|", "OBX|", "OBR|", "PID|", "\\F\\", "\\X0D\\", "\\.br\\", "ED", "NM", "CWE", "Base64", "JVBERi0=", "20240229235959.1234567+1400", "721344", "99999999999999999999", "\u000b", "\u001c\r" }
            .Select(Encoding.Latin1.GetBytes)];

    private static readonly byte[][] Reports = VectorSeeds.Of("hl7/idco");
    private static readonly byte[][] Blocks = VectorSeeds.Of("hl7/mllp");

    // Small ones beside the whole ones: most of what can go wrong does so in a few segments, and ten million whole ones take hours.
    private static readonly byte[][] Seeds = [.. Reports, .. Reports.SelectMany(SmallReports)];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("hl7/mllp", [.. Blocks, MllpDeframer.Wrap(SmallReports(Reports[0]).First())], Tokens, Mllp),
        new("hl7/time", [.. new[] { "20240229", "2024022923", "20240229235959", "20240229235959.1234567+1400", "202402292359-0930" }.Select(Encoding.Latin1.GetBytes)],
            [.. "+-.0"u8.ToArray().Select(sign => new[] { sign })], (input, _) => Hl7DateTime.TryRead(Encoding.Latin1.GetString(input.Span), out var read) && read.Time is null ? "read as nothing" : null),
        new("hl7/message", Seeds, Tokens, Message),
        new("hl7/idco", Seeds, Tokens, Report),
        new("pacemaker/report", Seeds, Tokens, Pacemaker),
    ];

    private static IEnumerable<byte[]> SmallReports(byte[] report)
    {
        var segments = Encoding.UTF8.GetString(report).Split('\r', StringSplitOptions.RemoveEmptyEntries);
        var head = string.Concat(segments.TakeWhile(segment => !segment.StartsWith("OBX", StringComparison.Ordinal)).Select(segment => segment + "\r"));
        return segments.Where(segment => segment.StartsWith("OBX", StringComparison.Ordinal) && segment.Length < 500)
            .Chunk(ObservationsOfASmallReport)
            .Select((some, n) => Encoding.UTF8.GetBytes($"{head}{string.Join('\r', some)}\r{(n % 4 == 0 ? Pdf : "")}"));
    }

    private static string? Mllp(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var maximum = random.OnceIn(2) ? SmallBlock : MllpDeframer.DefaultBytesMaximum;
        var (whole, cut) = (new MllpDeframer(maximum), new MllpDeframer(maximum));
        var expected = whole.Push(input.Span);
        var found = new List<byte[]>();
        Streams.Cut(input, random, piece => found.AddRange(cut.Push(piece.Span)));
        var isSame = expected.Count == found.Count && expected.Zip(found).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second));
        return isSame && whole.SkippedBytes == cut.SkippedBytes && whole.IsIncomplete == cut.IsIncomplete ? null : "a stream cut elsewhere gives other messages";
    }

    private static string? Message(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        if (!Hl7Message.TryRead(input.Span, out var message, out var reason))
        {
            return reason.Length == 0 ? "no reason" : null;
        }

        _ = (message.ControlId, message.Type, message.Version);
        var segment = message.Segments[random.Below(message.Segments.Count)];
        var field = 1 + random.Below(segment.Count + 2);
        return segment.Text(field) is null || segment.Component(field, 1 + random.Below(6)) is null || segment.Raw(field) is null ? "a field is null" : null;
    }

    private static string? Report(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        if (!Hl7Message.TryRead(input.Span, out var message, out var reason) || !IdcoReport.TryRead(message, out var report, out reason))
        {
            return reason.Length == 0 ? "no reason" : null;
        }

        var told = report.Observations.Count + report.Documents.Count + report.Warnings.Count;
        return told == message.All("OBX").Count() ? null : "an OBX is neither observation, document nor warning";
    }

    private static string? Pacemaker(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var report = PacemakerReport.Read(input);
        var isRefused = report.Verdict != ReportVerdict.Accepted;
        return isRefused == (report.Upload.Refusals.Count == 1 && report.Upload.Documents.Count == 0) && (!isRefused || report.Reason.Length > 0)
            ? Hl7Acknowledgement.Of(report, DateTimeOffset.UnixEpoch).Length > 0 ? null : "no acknowledgement"
            : "neither accepted nor refused with one reason";
    }
}
