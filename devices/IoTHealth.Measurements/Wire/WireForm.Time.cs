using IoTHealth.Measurements.Wire;

namespace IoTHealth.Measurements;

/// <content>The three clocks of a reading.</content>
public static partial class WireForm
{
    private const int OffsetMinutesMaximum = 14 * 60;

    private static TimeMessage Encode(MeasurementTime time) => new()
    {
        HasDevice = time.Device is not null,
        DeviceTicks = time.Device?.Wall.Ticks ?? 0,
        HasDeviceOffset = time.Device?.Offset is not null,
        DeviceOffsetMinutes = (int)(time.Device?.Offset?.TotalMinutes ?? 0),
        Boot = Bytes(time.Boot),
        MonotonicNanoseconds = time.MonotonicNanoseconds,
        ReceivedTicks = time.Received.UtcTicks,
        InstantTicks = time.Instant.UtcTicks,
        UncertaintyTicks = time.Uncertainty.Ticks,
        Basis = (int)time.Basis,
        Synchronised = time.IsSynchronised,
        HasAssumedOffset = time.AssumedOffset is not null,
        AssumedOffsetMinutes = (int)(time.AssumedOffset?.TotalMinutes ?? 0),
        ZoneDoubtMinutes = (int)time.ZoneDoubt.TotalMinutes,
    };

    private static MeasurementTime Decode(TimeMessage time) => new(
        time.HasDevice
            ? new DeviceTime(
                new DateTime(time.DeviceTicks, DateTimeKind.Unspecified),
                time.HasDeviceOffset ? Offset(time.DeviceOffsetMinutes) : null)
            : null,
        Guid(time.Boot),
        time.MonotonicNanoseconds,
        new DateTimeOffset(time.ReceivedTicks, TimeSpan.Zero),
        new DateTimeOffset(time.InstantTicks, TimeSpan.Zero),
        new TimeSpan(time.UncertaintyTicks),
        (TimeBasis)time.Basis)
    {
        IsSynchronised = time.Synchronised,
        AssumedOffset = time.HasAssumedOffset ? Offset(time.AssumedOffsetMinutes) : null,
        ZoneDoubt = Doubt(time.ZoneDoubtMinutes),
    };

    private static TimeSpan Doubt(int minutes) => minutes is >= 0 and <= OffsetMinutesMaximum
        ? TimeSpan.FromMinutes(minutes)
        : throw new FormatException($"a zone leaves no {minutes} minutes open");

    // What .NET takes for an offset, and what any place on earth has.
    private static TimeSpan Offset(int minutes) => Math.Abs((long)minutes) <= OffsetMinutesMaximum
        ? TimeSpan.FromMinutes(minutes)
        : throw new FormatException($"an offset of {minutes} minutes is out of range");
}
