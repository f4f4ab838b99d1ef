using System.Globalization;
using CsCheck;
using IoTHealth.Devices;
using IoTHealth.Devices.Pacemaker;
using IoTHealth.Measurements;
using IoTHealth.Simulators.BedsideTransmitter;

namespace IoTHealth.RoundTrip.Tests;

/// <summary>What the simulated bedside transmitter reports, our decoder reads: the same acts with the same values.</summary>
public sealed class IdcoRoundTripTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 24, 12, 0, 0, TimeSpan.FromHours(9));

    private static readonly Gen<(Implant Implant, IReadOnlyList<ImplantAct> Acts, DateTimeOffset Now)> Report =
        from seed in Gen.ULong
        from kind in Gen.Int[0, 2].Select(kind => (ImplantKind)kind)
        from days in Gen.Double[0.5, 60]
        from seconds in Gen.Int[1, 1_000_000]
        from isFractured in Gen.Bool
        from isBatteryEarlier in Gen.Bool
        let implant = new Implant($"P-{seed % 10_000}", "Pace-DR", kind)
        let course = new ImplantCourse(seed, kind)
        let now = Noon.AddSeconds(seconds)
        select (implant, ReportContent.Of(implant, course, course.FirstDay, course.FirstDay + days, Noon, now, isFractured, isBatteryEarlier ? Noon.AddSeconds(seconds / 2) : now), now);

    [Fact]
    public void A_report_is_read_as_it_was_written() => Gen.Select(Report, Gen.Byte.Array[0, 200], Gen.Bool, Gen.Bool, Gen.Bool).Sample(
        (sent, document, lineFeeds, repeatSetIds, withoutOffsets) =>
        {
            byte[] pdf = [.. "%PDF"u8, .. document];
            var message = IdcoMessage.Encode(sent.Implant, "C-1", sent.Now, sent.Acts, pdf, lineFeeds, repeatSetIds, withoutOffsets);
            var read = Read(message);
            Assert.Equal((ReportVerdict.Accepted, "", sent.Implant.Model, sent.Implant.Serial), (read.Verdict, read.Reason, read.Model, read.Serial));
            Assert.Empty(read.Upload.Refusals);
            Assert.Equal(pdf, read.Upload.Documents[0].Content.ToArray());
            Assert.Equal(sent.Acts.Select(Text).Order(StringComparer.Ordinal), read.Upload.Measurements.Select(Text).Order(StringComparer.Ordinal));
        },
        iter: 60);

    // What the next report tells again, under other numbers, is the same.
    [Fact]
    public void Told_again_it_is_the_same_measurement() => Gen.Select(Report, Gen.Int[1, 40]).Sample(
        (sent, shift) =>
        {
            var (first, again) = (Ids(sent.Acts), Ids([.. sent.Acts.Select(act => act.Numbered(shift))]));
            Assert.Equal(first, again);

            IEnumerable<string> Ids(IReadOnlyList<ImplantAct> acts) => Read(IdcoMessage.Encode(sent.Implant, "C-1", sent.Now, acts, null)).Upload.Measurements
                .Select(one => $"{one.Kind} {Convert.ToHexString(one.Stable.AsSpan())} {one.Occurrence}");
        },
        iter: 30);

    private static DecodedReport Read(byte[] message) => new PacemakerDriver(TimeProvider.System).Read(message);

    private static string Text(ImplantAct act) => $"{act.Kind} {Text(act.Time.DateTime, act.Time.Offset)} {Join(act.Values)}";

    private static string Text(DecodedMeasurement measurement) =>
        $"{measurement.Kind} {Text(measurement.Time!.Wall, measurement.Time.Offset)} {Join(measurement.Components.Select(one => (one.Sign, Text(one.Value))))}";

    private static string Text(DateTime wall, TimeSpan? offset) => string.Create(CultureInfo.InvariantCulture, $"{wall:yyyy-MM-dd'T'HH:mm:ss.fff}{offset}");

    private static string Text(MeasuredValue value) => value switch
    {
        MeasuredValue.Quantity quantity => string.Create(CultureInfo.InvariantCulture, $"{quantity.Comparator}{quantity.Number} {quantity.Unit}"),
        MeasuredValue.Coded coded => coded.Code,
        _ => "absent",
    };

    private static string Join(IEnumerable<(string Sign, string Value)> values) =>
        string.Join('&', values.OrderBy(one => one.Sign, StringComparer.Ordinal).Select(one => $"{one.Sign}={one.Value}"));
}
