using System.Globalization;
using CsCheck;
using IoTHealth.Devices.Codecs.Gatt;
using IoTHealth.Devices.Codecs.Ieee11073;
using IoTHealth.Simulators.Bluetooth.Gatt;
using Cuff = IoTHealth.Simulators.BloodPressureCuff;
using Meter = IoTHealth.Simulators.GlucoseMeter;

namespace IoTHealth.RoundTrip.Tests;

/// <summary>What the simulated cuff and meter send over Bluetooth, our decoders read: the same values.</summary>
public sealed class GattRoundTripTests
{
    private static readonly string[] Markers = ["", "B", "A", "F", ">", "<", "C"];

    private static readonly Gen<DateTime> Time =
        Gen.Int[0, 900_000_000].Select(second => new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Unspecified).AddSeconds(second));

    private static readonly Gen<Cuff.CuffReading> Reading =
        from index in Gen.Int[1, 60_000]
        from time in Time
        from isKilopascal in Gen.Bool
        from pressures in Gen.Double[20, 270].Array[3]
        from hasMean in Gen.Bool
        from pulse in Gen.Int[30, 220]
        from user in Gen.Int[0, 255]
        from status in Gen.Int[0, 0x3F]
        let unit = isKilopascal ? Cuff.PressureUnit.Kilopascal : Cuff.PressureUnit.MillimetreOfMercury
        select new Cuff.CuffReading(index, time, unit, unit.Show(pressures[0]), unit.Show(pressures[1]), hasMean ? unit.Show(pressures[2]) : null, pulse, user, status);

    private static readonly Gen<Meter.MemoryRecord> Record =
        from index in Gen.Int[0, 65_535]
        from time in Time
        from steps in Gen.Int[5, 601]
        from isMolar in Gen.Bool
        from markers in Gen.Int[0, Markers.Length - 1].Select(n => Markers[n])
        let unit = isMolar ? Meter.GlucoseUnit.Molar : Meter.GlucoseUnit.Mass
        let limit = markers switch { ">" => "high", "<" => "low", _ => null }
        select new Meter.MemoryRecord(index, time, unit.Text(steps * unit.Step), unit, limit, markers == "C", markers);

    [Fact]
    public void A_number_is_read_as_it_was_written() => Gen.Select(Gen.Int[-2045, 2045], Gen.Int[-8, 7]).Sample((mantissa, exponent) =>
    {
        var read = MedicalNumber.FromSfloat(Sfloat.Of(mantissa, exponent)).Value;
        Assert.Equal(decimal.Parse($"{mantissa}e{exponent}", NumberStyles.Float, CultureInfo.InvariantCulture), read);
    });

    [Fact]
    public void A_blood_pressure_is_read_as_it_was_written() => Reading.Sample(sent =>
    {
        Assert.True(BloodPressureMeasurement.TryRead(Cuff.BloodPressureValue.Encode(sent), out var read, out var reason), reason);
        Assert.Equal(sent.Unit == Cuff.PressureUnit.Kilopascal, read.IsKilopascal);
        Assert.Equal([Text(sent.Systolic), Text(sent.Diastolic), sent.Mean is { } mean ? Text(mean) : "NaN"], new[] { read.Systolic, read.Diastolic, read.Mean }.Select(number => number.ToString()));
        Assert.Equal(((DateTime?)sent.Time, (decimal?)sent.Pulse, (byte?)sent.User), (read.Time?.ToDateTime(), read.Pulse?.Value, read.UserId));
        string?[] names = ["body_movement", "cuff_too_loose", "irregular_pulse", null, null, "improper_position"];
        Assert.Equal(names.Where((name, bit) => name is not null && (sent.Status >> bit & 1) != 0), read.Status?.Conditions);
        Assert.Equal(new[] { "in_range", "above_upper_limit", "below_lower_limit", "reserved" }[sent.Status >> 3 & 3], read.Status?.PulseRange);
    });

    [Fact]
    public void A_glucose_value_is_read_as_it_was_written() => Record.Sample(sent =>
    {
        Assert.True(GlucoseMeasurement.TryRead(Meter.GlucoseValue.Encode(sent), out var read, out var reason), reason);
        Assert.Equal((sent.Index, (DateTime?)sent.Time, sent.Unit == Meter.GlucoseUnit.Molar), ((int)read.Sequence, read.MeasuredAt, read.IsMolar));
        Assert.Equal(sent.Value, read.Value?.ToString(CultureInfo.InvariantCulture));
        Assert.Equal(sent.Control, read.IsControlSolution);
        Assert.Equal((sent.OutOfRange == "high", sent.OutOfRange == "low"), (read.Status?.IsTooHigh ?? false, read.Status?.IsTooLow ?? false));
    });

    [Fact]
    public void A_context_is_read_as_it_was_written() => Record.Sample(sent =>
    {
        GlucoseMeasurement.TryRead(Meter.GlucoseValue.Encode(sent), out var measurement, out _);
        var bytes = Meter.GlucoseValue.EncodeContext(sent);
        Assert.Equal(bytes is not null, measurement.ContextFollows);
        if (bytes is not null)
        {
            Assert.True(GlucoseContext.TryRead(bytes, out var read, out var reason), reason);
            Assert.Equal((sent.Index, "BAF".IndexOf(sent.Markers[0], StringComparison.Ordinal) + 1), ((int)read.Sequence, (int)read.Meal!));
        }
    });

    [Fact]
    public void The_meter_understands_what_we_ask_and_we_what_it_answers() => Gen.Select(Gen.Int[1, 65_535].Array[0, 30], Gen.UShort).Sample((numbers, from) =>
    {
        int[] stored = [.. numbers.Distinct().Order()];
        Assert.Equal(stored, Meter.RecordAccess.Of(RecordAccess.ReportAll(), stored).Report);
        var since = Meter.RecordAccess.Of(RecordAccess.ReportFrom(from), stored);
        Assert.Equal(stored.Where(sequence => sequence >= from), since.Report);
        var ended = Assert.IsType<RecordAccess.Response>(Read(since.Answer));
        Assert.Equal((1, since.Report.Count > 0, since.Report.Count == 0), (ended.RequestOpCode, ended.IsSuccess, ended.IsNothingFound));
        Assert.Equal(new RecordAccess.Count((uint)stored.Length), Read(Meter.RecordAccess.Of(RecordAccess.CountAll(), stored).Answer));
        Assert.True(Meter.RecordAccess.IsAbort(RecordAccess.Abort()));
        Assert.Equal(new RecordAccess.Response(3, 1, "success"), Read(Meter.RecordAccess.Aborted));
    });

    private static RecordAccess Read(byte[] answer) => RecordAccess.TryRead(answer, out var read, out var reason) ? read : throw new FormatException(reason);

    private static string Text(decimal number) => number.ToString(CultureInfo.InvariantCulture);
}
