using System.Globalization;
using CsCheck;
using IoTHealth.Devices.Codecs.Astm;
using Meter = IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.RoundTrip.Tests;

/// <summary>What the simulated Contour meter writes, our decoder reads: the same values.</summary>
public sealed class AstmRoundTripTests
{
    private static readonly string[] Markers = ["", "B", "A", "F", ">", "<", "C", "B/>", "A/<", "F/X"];

    private static readonly Gen<Meter.MemoryRecord> Record =
        from index in Gen.Int[1, 2_000]
        from minute in Gen.Int[0, 15_000_000]
        from steps in Gen.Int[0, 601]
        from isMolar in Gen.Bool
        from markers in Gen.Int[0, Markers.Length - 1].Select(n => Markers[n])
        let unit = isMolar ? Meter.GlucoseUnit.Molar : Meter.GlucoseUnit.Mass
        let limit = markers.Contains('>') ? "high" : markers.Contains('<') ? "low" : null
        select new Meter.MemoryRecord(
            index, new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddMinutes(minute), unit.Text(steps * unit.Step), unit, limit, markers == "C", markers);

    [Fact]
    public void A_result_is_read_as_it_was_written() => Record.Sample(record =>
    {
        Assert.True(AstmRecord.TryRead(Meter.AstmRecord.Result(record), out var read, out var reason), reason);
        Same(record, read);
    });

    [Fact]
    public void A_header_is_read_as_it_was_written() => Gen.Select(Record, Gen.Int[0, 2_000], Gen.String[Gen.Char.AlphaNumeric, 1, 12]).Sample((like, count, serial) =>
    {
        var text = Meter.AstmRecord.Header(Meter.MeterProduct.Parse(Meter.MeterProduct.Standard), serial, "Abc123", like.Unit, count, like.Time);
        Assert.True(AstmRecord.TryRead(text, out var read, out var reason), reason);
        var header = Assert.IsType<AstmRecord.Header>(read);
        Assert.Equal(("Contour7390", serial, "7403", count, like.Unit.Name), (header.Product, header.Serial, header.Sku, header.ResultCount, header.Unit));
        Assert.Equal(["01.24", "01.04", "09.02.20"], header.Versions);
        Assert.Equal((like.Unit.Low, like.Unit.High, like.Time), (header.LowLimit, header.HighLimit, header.MeterTime));
    });

    [Fact]
    public void An_upload_is_read_as_it_was_written_wherever_the_stream_is_cut() => Gen.Select(Record.Array[0, 20], Gen.Int[1, 40]).Sample((records, cut) =>
    {
        string[] sent = [Meter.AstmRecord.Patient, .. records.Select(Meter.AstmRecord.Result), Meter.AstmRecord.End];
        var (scanner, upload, read) = (new AstmScanner(), new AstmUpload(), new List<AstmRecord>());
        foreach (var piece in Meter.AstmFrame.EncodeAll(sent).SelectMany(frame => frame).Chunk(cut))
        {
            foreach (var found in scanner.Push(piece))
            {
                Assert.Equal(FrameVerdict.Take, upload.Add(Assert.IsType<AstmEvent.Frame>(found).Content, out var texts));
                read.AddRange(texts.Select(text => AstmRecord.TryRead(text, out var record, out var reason) ? record : throw new FormatException(reason)));
            }
        }

        Assert.Equal(0, scanner.SkippedBytes);
        Assert.Equal(records.Length + 2, read.Count);
        Assert.Equal(new AstmRecord.Patient(1), read[0]);
        Assert.Equal(new AstmRecord.Terminator("N"), read[^1]);
        Assert.All(records.Zip(read.Skip(1)), pair => Same(pair.First, pair.Second));
    });

    private static void Same(Meter.MemoryRecord sent, AstmRecord read)
    {
        var result = Assert.IsType<AstmRecord.Result>(read);
        Assert.Equal((sent.Index, "Glucose", sent.Unit.Name, "P"), (result.Sequence, result.Analyte, result.Unit, result.Method));
        Assert.Equal(sent.Value, result.Value.ToString(CultureInfo.InvariantCulture));
        Assert.Equal((sent.Time, sent.OutOfRange, sent.Control), (result.Time, result.OutOfRange, result.IsControl));
        Assert.Equal(sent.Markers, string.Join('/', result.Markers));
    }
}
