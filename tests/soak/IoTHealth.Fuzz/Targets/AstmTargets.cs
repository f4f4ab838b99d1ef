using System.Globalization;
using System.Text;
using IoTHealth.Devices.Codecs.Astm;
using IoTHealth.Devices.Glucose;

namespace IoTHealth.Fuzz.Targets;

/// <summary>ASTM E1381 and E1394 as Contour meters speak them: frames, records, streams, uploads, HID reports.</summary>
internal static class AstmTargets
{
    private const int FrameTextMaximum = 240;

    private static readonly byte[][] FrameTokens = [[AstmFrame.Stx], [AstmFrame.Etx], [AstmFrame.Etb], [AstmFrame.Enq], [AstmFrame.Eot], "\r\n"u8.ToArray()];

    private static readonly byte[][] RecordTokens =
        [.. new[] { "|", "^", "\\", "&", "/", "\r", "H|\\^&", "R|", "P|1", "L|1||N", "Glucose", "mg/dL^P", "mmol/L", ">", "<", "C", "-", ".", "=", "V=06333", "U=1", "99999999999999999999" }
            .Select(Encoding.Latin1.GetBytes)];

    private static readonly byte[][] Frames = VectorSeeds.Of("astm/frame");
    private static readonly byte[][] Records = VectorSeeds.Of("astm/record");
    private static readonly byte[] Stream = [AstmFrame.Enq, .. Frames.SelectMany(frame => frame), AstmFrame.Eot];
    private static readonly byte[] Upload = [.. Records.SelectMany<byte[], byte>(record => [.. record, (byte)'\r'])];

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("astm/frame", Frames, FrameTokens, (input, _) =>
            AstmFrame.TryRead(input.Span, out var frame, out var reason) ? frame is null ? "read as nothing" : null : reason.Length == 0 ? "no reason" : null),
        new("astm/record", Records, RecordTokens, Record),
        new("astm/scanner", [.. Frames, Stream], FrameTokens, Scanner),
        new("astm/upload", [.. Records, Upload], RecordTokens, Whole),
        new("contour/records", [.. Records, Upload], RecordTokens, Contour),
        new("contour/hid", [ContourHidReport.Wrap(Frames[0]), .. HidStream()], [.. FrameTokens, "ABC"u8.ToArray()], Hid),
    ];

    private static string? Record(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        if (!AstmRecord.TryRead(Encoding.Latin1.GetString(input.Span), out var record, out var reason))
        {
            return reason.Length == 0 ? "no reason" : null;
        }

        return record is AstmRecord.Result { OutOfRange: not (null or "high" or "low") } ? "an unknown limit" : record is null ? "read as nothing" : null;
    }

    private static string? Scanner(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var (whole, cut) = (new AstmScanner(), new AstmScanner());
        var expected = whole.Push(input.Span);
        var found = new List<AstmEvent>();
        Streams.Cut(input, random, piece => found.AddRange(cut.Push(piece.Span)));
        return whole.SkippedBytes == cut.SkippedBytes && expected.SequenceEqual(found, SameEvent.Comparer) ? null : "a stream cut elsewhere gives other events";
    }

    // Frames with right numbers and checksums around a damaged text, so that what lies behind the checksum is reached.
    private static string? Whole(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var scanner = new AstmScanner();
        var upload = new AstmUpload();
        var records = new ContourRecords("");
        var number = 1;
        for (var rest = input; rest.Length > 0; number++)
        {
            var length = Math.Min(rest.Length, 1 + random.Below(FrameTextMaximum));
            var frame = Frame(number % 8, rest.Span[..length], isLast: length == rest.Length);
            rest = rest[length..];
            foreach (var found in scanner.Push(frame).OfType<AstmEvent.Frame>())
            {
                upload.Add(found.Content, out var taken);
                records.Read(taken);
            }
        }

        return null;
    }

    private static byte[] Frame(int number, ReadOnlySpan<byte> text, bool isLast)
    {
        byte[] summed = [(byte)('0' + number), .. text, isLast ? AstmFrame.Etx : AstmFrame.Etb];
        return [AstmFrame.Stx, .. summed, .. Encoding.ASCII.GetBytes(AstmFrame.Sum(summed).ToString("X2", CultureInfo.InvariantCulture)), (byte)'\r', (byte)'\n'];
    }

    // Every result is a measurement or a refusal.
    private static string? Contour(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        var texts = Encoding.Latin1.GetString(input.Span).Split('\r', StringSplitOptions.RemoveEmptyEntries);
        var upload = new ContourRecords(random.OnceIn(2) ? "" : "7390-2336773").Read(texts);
        var results = texts.Count(text => AstmRecord.TryRead(text, out var record, out _) ? record is AstmRecord.Result : true);
        return upload.Measurements.Count + upload.Refusals.Count == results ? null : "a result is neither measurement nor refusal";
    }

    private static IEnumerable<byte[]> HidStream()
    {
        var reports = Stream.Chunk(ContourHidReport.PayloadMaximum).Select(payload => ContourHidReport.Wrap(payload)).ToList();
        yield return [.. reports.Take(3).SelectMany(report => report)];
        yield return [.. reports.SelectMany(report => report)];
    }

    private static string? Hid(ReadOnlyMemory<byte> input, FuzzRandom random)
    {
        ContourHidReport.TryUnwrap(input.Span, out var payload, out _);
        var (whole, cut) = (new HidReports(), new HidReports());
        var expected = whole.Push(input.Span);
        var found = new List<byte>();
        Streams.Cut(input, random, piece => found.AddRange(cut.Push(piece.Span)));
        return payload.Length <= ContourHidReport.PayloadMaximum && whole.Skipped == cut.Skipped && expected.AsSpan().SequenceEqual(found.ToArray())
            ? null
            : "a stream cut elsewhere gives other bytes";
    }
}
