using IoTHealth.Measurements;

namespace IoTHealth.Devices.Tests.Measurements;

/// <summary>Readings that tests start from.</summary>
internal static class Samples
{
    public static readonly DeviceId Robot = DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-0001");
    public static readonly DateTimeOffset Instant = new(2026, 11, 23, 18, 12, 0, 123, TimeSpan.Zero);

    public static readonly MeasurementTime Time = new(
        new DeviceTime(new DateTime(2026, 11, 24, 3, 12, 0, 123), TimeSpan.FromHours(9)),
        Guid.Parse("00112233-4455-6677-8899-aabbccddeeff"), 123_456_789, Instant.AddSeconds(1), Instant,
        TimeSpan.FromSeconds(2), TimeBasis.DeviceZoned);

    public static Measurement Of(string kind, params Component[] components) => new()
    {
        Id = MeasurementId.Of(Robot, kind, "seq=1"u8, 0),
        IdentityBasis = IdentityBasis.Record,
        Device = Robot,
        Kind = kind,
        Stable = [.. "seq=1"u8],
        Time = Time,
        Components = [.. components],
        Flags = ["clock-distrusted", "body-movement"],
        Driver = "watch-over-robot/1",
    };

    public static Measurement Quantity(string kind, decimal number, string unit, string comparator = "") =>
        Of(kind, new Component(kind, new MeasuredValue.Quantity(number, unit, comparator)));

    public static Measurement Coded(string kind, string code) =>
        Of(kind, new Component(kind, new MeasuredValue.Coded($"urn:iothealth:{kind}", code)));

    public static Measurement Absent(string kind) => Of(kind, new Component(kind, new MeasuredValue.Absent(AbsentReason.NotPerformed)));

    public static readonly EntryBatch Batch = new(
        new JournalId("gw-01", Guid.Parse("aabbccdd-0000-4000-8000-001122334455")), 9,
        [
            new Entry(3, EntryKind.Measurement, MeasurementId.Of("a"), ulong.MaxValue, EntryPriority.Stream, new byte[] { 1, 2, 3 }),
            new Entry(9, (EntryKind)77, MeasurementId.Of("b"), 0, EntryPriority.Alarm, Array.Empty<byte>()),
        ]);

    public static readonly Alarm Alarm = new(
        MeasurementId.Of("alarm"), "bed-exit-at-night", Robot, MeasurementId.Of("trigger"), Instant, Instant.AddSeconds(1), "high",
        "101 A", "離床しました", "left the bed", History: true);

    public static readonly Acknowledgement Acknowledgement = new(MeasurementId.Of("alarm"), "station-1", Instant);

    public static readonly Assignment Assignment = new(Robot, "r-001", Instant, Instant.AddDays(1), "nurse.sato", Instant.AddHours(-1));

    public static readonly DocumentPart DocumentPart = DocumentPart.Split(Robot, "Report", "application/pdf", "%PDF-1.4"u8.ToArray(), Time)[0];

    public static readonly ClockEntry GatewayClock = new ClockEntry.Gateway(Time.Boot, 123_456_789, Instant, true, "synchronised");

    public static readonly ClockEntry DeviceClock = new ClockEntry.Device(
        Time.Boot, 223_456_789, Instant, true, Robot, new DeviceTime(new DateTime(2026, 11, 24, 4, 12, 0), null), TimeSpan.FromHours(9), IsSet: true);

    public static readonly Gap Gap = new("influx", 1, long.MaxValue, 17, "evicted");
}
