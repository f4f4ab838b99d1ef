using System.Text;
using IoTHealth.Devices.Codecs.Astm;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Benchmarks.Devices;

/// <summary>
/// Decoders against a yardstick that reads every byte of the input and allocates a graph of the result's shape and size, strings and
/// lists included.
/// </summary>
internal static class DecoderFigures
{
    private const double Limit = 3;
    private const int Batch = 64;

    private static readonly byte[] BloodPressure = Convert.FromHexString("1f8a00580078 00e807041114293b3c00012700".Replace(" ", "", StringComparison.Ordinal));
    private static readonly byte[] CuffPressure = Convert.FromHexString("028a00ff07ff07e807041114293b");
    private static readonly byte[] Glucose = Convert.FromHexString("1b2a00e807030f081e000f0078b0112000");
    private static readonly byte[] Context = Convert.FromHexString("5f2a00012af0021158024b0105d052f0");
    private static readonly byte[] Count = Convert.FromHexString("0500e001");
    private static readonly byte[] Request = Convert.FromHexString("0103012a00");
    private static readonly byte[] Features = Convert.FromHexString("ff01");
    private static readonly byte[] Frame = Encoding.Latin1.GetBytes("\u00021R|8|^^^Glucose|133|mg/dL^P||B/X||201202052034\r\u0017__\r\n");

    private static readonly string Result = "R|8|^^^Glucose|133|mg/dL^P||B/X||201202052034";

    private static readonly string Header =
        @"H|\^&||7w3LBL|Bayer7390^01.24\01.04\09.02.20^7390-2336773^7403-|A=1^C=63^G=1^I=0200^R=0^S=1^U=0^V=10600^X=070070070070180130150250^Y=360126090050099050300089^Z=1|480||||||1|201202052034";

    public static IReadOnlyList<Func<TimeProvider, Figure>> All { get; } =
    [
        Numbers("SFLOAT", 2, bytes => MedicalNumber.FromSfloatLittleEndian(bytes).Value, [0x8A, 0x00, 0x58, 0x00, 0xBD, 0xF0, 0x0B, 0x00, 0xFF, 0x07, 0x78, 0xB0, 0x9F, 0xF0, 0x05, 0x88]),
        Numbers("FLOAT", 4, bytes => MedicalNumber.FromFloatLittleEndian(bytes).Value, [0x6D, 0x01, 0x00, 0xFF, 0x87, 0xD6, 0x12, 0xFB, 0xFF, 0xFF, 0x7F, 0x00, 0x2A, 0x00, 0x00, 0x00]),
        Of<BloodPressureMeasurement>("2A35 blood pressure", BloodPressure, BloodPressureMeasurement.TryRead, Copy),
        Of<BloodPressureMeasurement>("2A36 cuff pressure", CuffPressure, BloodPressureMeasurement.TryRead, Copy),
        Of<BloodPressureFeature>("2A49 features", Features, BloodPressureFeature.TryRead, like => like with { Features = [.. like.Features] }),
        Of<GlucoseMeasurement>("2A18 glucose", Glucose, GlucoseMeasurement.TryRead, Copy),
        Of<GlucoseContext>("2A34 context", Context, GlucoseContext.TryRead, like => like with { }),
        Of<GlucoseFeature>("2A51 features", Features, GlucoseFeature.TryRead, like => like with { Features = [.. like.Features] }),
        Of<RecordAccess>("2A52 count", Count, RecordAccess.TryRead, like => like with { }),
        Of<RecordAccess>("2A52 request", Request, RecordAccess.TryRead, like => ((RecordAccess.Request)like) with { Operand = [.. ((RecordAccess.Request)like).Operand] }),
        Of<AstmFrame>("ASTM frame", Summed(Frame), AstmFrame.TryRead, like => like with { Text = New(like.Text), Checksum = New(like.Checksum) }),
        Of("ASTM result", Result, Copy),
        Of("ASTM header", Header, Copy),
    ];

    private delegate bool Decode<T>(ReadOnlySpan<byte> bytes, out T value, out string reason);

    // A number is read into its place; there is nothing to allocate.
    private static Func<TimeProvider, Figure> Numbers(string name, int size, Func<byte[], decimal?> decode, byte[] bytes)
    {
        var words = Enumerable.Range(0, Batch).Select(n => bytes.Chunk(size).ElementAt(n % (bytes.Length / size))).ToArray();
        var like = words.Select(decode).ToArray();
        var numbers = new decimal?[Batch];
        return time => Interleaved.Measure(name, Limit, Read, Yardstick, Batch, time);

        void Read()
        {
            for (var i = 0; i < words.Length; i++)
            {
                numbers[i] = decode(words[i]);
            }
        }

        // The call through a delegate is on both sides.
        void Yardstick()
        {
            for (var i = 0; i < words.Length; i++)
            {
                numbers[i] = Place(words[i], like, i);
            }
        }
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static decimal? Place(ReadOnlySpan<byte> word, decimal?[] like, int i)
    {
        Sink.Take(word);
        return like[i];
    }

    private static Func<TimeProvider, Figure> Of<T>(string name, byte[] bytes, Decode<T> decode, Func<T, T> copy)
        where T : class
    {
        if (!decode(bytes, out var like, out var reason))
        {
            throw new InvalidOperationException($"{name}: {reason}");
        }

        return time => Interleaved.Measure(name, Limit, () => Sink.Keep(decode(bytes, out var read, out _) ? read : null), Yardstick, 1, time);

        void Yardstick()
        {
            Sink.Take(bytes);
            Sink.Keep(copy(like));
        }
    }

    private static Func<TimeProvider, Figure> Of(string name, string text, Func<AstmRecord, AstmRecord> copy)
    {
        if (!AstmRecord.TryRead(text, out var like, out var reason))
        {
            throw new InvalidOperationException($"{name}: {reason}");
        }

        return time => Interleaved.Measure(name, Limit, () => Sink.Keep(AstmRecord.TryRead(text, out var read, out _) ? read : null), Yardstick, 1, time);

        void Yardstick()
        {
            Sink.Take(text);
            Sink.Keep(copy(like));
        }
    }

    private static BloodPressureMeasurement Copy(BloodPressureMeasurement like) => like with
    {
        Status = like.Status is { } status ? status with { Conditions = [.. status.Conditions] } : null,
    };

    private static GlucoseMeasurement Copy(GlucoseMeasurement like) => like with
    {
        Status = like.Status is { } status ? status with { Conditions = [.. status.Conditions] } : null,
    };

    private static AstmRecord Copy(AstmRecord like) => like switch
    {
        AstmRecord.Result result => result with
        {
            Analyte = New(result.Analyte), Unit = New(result.Unit), Method = New(result.Method!), Markers = New(result.Markers),
        },
        AstmRecord.Header header => header with
        {
            Product = New(header.Product), Versions = New(header.Versions), Serial = New(header.Serial), Sku = New(header.Sku!),
        },
        _ => throw new InvalidOperationException($"{like}"),
    };

    private static string New(string text) => new(text.AsSpan());

    private static string[] New(IReadOnlyList<string> texts)
    {
        var copies = new string[texts.Count];
        for (var i = 0; i < copies.Length; i++)
        {
            copies[i] = New(texts[i]);
        }

        return copies;
    }

    private static byte[] Summed(byte[] frame)
    {
        Encoding.ASCII.GetBytes(AstmFrame.Sum(frame.AsSpan()[1..^4]).ToString("X2", System.Globalization.CultureInfo.InvariantCulture)).CopyTo(frame, frame.Length - 4);
        return frame;
    }
}
