using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests;

/// <summary>Readings as a gateway would send them.</summary>
internal static class Readings
{
    public static readonly DateTimeOffset Instant = new(2026, 11, 24, 3, 12, 0, 123, TimeSpan.FromHours(9));
    public static readonly DeviceId Robot = DeviceId.FromSerial("IoTHealth", "WatchOver-1", "R-0001");
    public static readonly JournalId Journal = new("gw-01", new Guid("6f6e9f0a-0000-4000-8000-000000000001"));

    public static Measurement Of(string kind, int sequence, params Component[] components) => Of(Robot, kind, sequence, components);

    public static Measurement Of(DeviceId device, string kind, int sequence, params Component[] components)
    {
        var stable = Encoding.UTF8.GetBytes(sequence.ToString(CultureInfo.InvariantCulture));
        var instant = Instant.AddSeconds(sequence);
        return new Measurement
        {
            Id = MeasurementId.Of(device, kind, stable, 0),
            IdentityBasis = IdentityBasis.Record,
            Device = device,
            Kind = kind,
            Stable = [.. stable],
            Time = new MeasurementTime(
                new DeviceTime(instant.DateTime, instant.Offset), Guid.Empty, 1, instant.ToUniversalTime(), instant.ToUniversalTime(),
                TimeSpan.FromMilliseconds(1), TimeBasis.DeviceZoned),
            Components = components.ToImmutableArray(),
            Driver = "test/1",
        };
    }

    public static Measurement HeartRate(int sequence, decimal value = 58) =>
        Of("heart-rate", sequence, new Component("heart-rate", new MeasuredValue.Quantity(value, "/min")));

    public static Entry Entry(long position, Measurement measurement) => new(
        position, EntryKind.Measurement, measurement.Id, WireForm.RevisionOf(measurement), EntryPriority.Reading, WireForm.Encode(measurement));

    public static EntryBatch Batch(params Entry[] entries) => new(Journal, entries.Max(entry => entry.Position), entries);

    public static EntryBatch HeartRates(int from, int count) =>
        Batch([.. Enumerable.Range(from, count).Select(n => Entry(n, HeartRate(n)))]);

    public static Assignment Assignment(string resident = "r-001", DateTimeOffset? from = null, DateTimeOffset? to = null) =>
        new(Robot, resident, from ?? Instant.AddDays(-1), to, "nurse.sato", Instant);

    public static Entry Entry(long position, Assignment assignment)
    {
        var payload = WireForm.Encode(assignment);
        return new Entry(position, EntryKind.Assignment, assignment.Id, WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }

    public static Entry Entry(long position, Gap gap)
    {
        var payload = WireForm.Encode(gap);
        return new Entry(
            position, EntryKind.Gap, MeasurementId.Of(Robot, "gap", Encoding.UTF8.GetBytes(position.ToString(CultureInfo.InvariantCulture)), 0),
            WireForm.RevisionOf(payload), EntryPriority.Episode, payload);
    }

    /// <summary>A gap of entries that are gone themselves.</summary>
    public static Gap Gone(params (long From, long To)[] runs) => new("journal", runs.Min(run => run.From), runs.Max(run => run.To), runs.Sum(run => run.To - run.From + 1), "evicted")
    {
        Runs = [.. runs.Select(run => new Interval(run.From, run.To))],
    };
}
