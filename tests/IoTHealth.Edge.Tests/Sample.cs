using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests;

/// <summary>Readings and entries as tests need them.</summary>
internal static class Sample
{
    /// <summary>A rule file that calls for each bed exit, again after a minute, unless it comes five minutes late.</summary>
    public const string BedExitRules =
        """
        rules:
          - key: bed-exit
            kind: bed-exit
            codes: [exited]
            severity: high
            repeatSeconds: 60
            latenessSeconds: 300
            text: { ja: "{place} 離床", en: "{place}: left the bed" }
        """;

    public static readonly DateTimeOffset Noon = new(2026, 11, 24, 3, 0, 0, TimeSpan.Zero);

    public static readonly DeviceContext Device = new(
        "robot-01", DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-0001"), "Room 101",
        TimeZoneInfo.FindSystemTimeZoneById("Asia/Tokyo"), "watch-over-robot/1");

    /// <summary>A gateway's configuration with these devices and nothing that needs a file.</summary>
    public static EdgeConfiguration Configuration(string data, params DeviceSettings[] devices) => new()
    {
        Gateway = "gw-01",
        Data = data,
        TimeZone = "Asia/Tokyo",
        Mqtt = new MqttSettings("127.0.0.1", 0, "", ""),
        Api = new ApiSettings("127.0.0.1", 0),
        Devices = devices,
    };

    /// <summary>The registry that knows <see cref="Device"/>.</summary>
    public static DeviceRegistry Registry(string data) => new(
        Configuration(data, new DeviceSettings("robot-01", "watch-over-robot", "IoTHealth", "WatchOver-1", "R-0001", "Room 101", "")),
        DriverCatalog.Load());

    public static DecodedMeasurement Decoded(string kind, MeasuredValue value, int sequence = 1, DeviceTime? time = null) => new(
        kind, [.. Encoding.UTF8.GetBytes(sequence.ToString(CultureInfo.InvariantCulture))], 0, time, [new Component(kind, value)], [], "raw"u8.ToArray());

    public static Measurement Measurement(string kind, MeasuredValue value, int sequence = 1, DateTimeOffset? instant = null)
    {
        var at = instant ?? Noon;
        ImmutableArray<byte> stable = [.. Encoding.UTF8.GetBytes(sequence.ToString(CultureInfo.InvariantCulture))];
        return new Measurement
        {
            Id = MeasurementId.Of(Device.Id, kind, stable.AsSpan(), 0),
            IdentityBasis = IdentityBasis.Record,
            Device = Device.Id,
            Kind = kind,
            Stable = stable,
            Time = new MeasurementTime(null, Guid.Empty, 0, at, at, TimeSpan.Zero, TimeBasis.Received),
            Components = [new Component(kind, value)],
            Driver = Device.Driver,
        };
    }

    public static Measurement HeartRate(int sequence, decimal rate = 60, DateTimeOffset? instant = null) =>
        Measurement("heart-rate", new MeasuredValue.Quantity(rate, "/min"), sequence, instant);

    public static Measurement BedExit(int sequence, DateTimeOffset? instant = null) =>
        Measurement("bed-exit", new MeasuredValue.Coded("urn:iothealth:bed-exit", "exited"), sequence, instant);

    public static NewEntry Entry(Measurement measurement) => new(
        EntryKind.Measurement, measurement.Id, WireForm.RevisionOf(measurement), EntryPriority.Reading, WireForm.Encode(measurement));

    public static JournalWrite Write(params IEnumerable<Measurement> measurements) => new() { Entries = [.. measurements.Select(Entry)] };
}
