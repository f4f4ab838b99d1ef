namespace IoTHealth.Measurements;

/// <summary>
/// Derives the instant of a reading anew when more is known of clocks. Pure and total; the same readings and the same entries give
/// the same instants, in whatever order they come and however often. Ids and revisions stay.
/// </summary>
public static class InstantRevision
{
    /// <summary>A reading as it is now known; the same object where nothing is to be changed.</summary>
    public static Measurement Revise(Measurement measurement, ClockBook book)
    {
        if (ReceiptOf(measurement.Time, book) is not { } received || WithOffset(measurement.Time) is not { } time)
        {
            // Nobody knows when it was received: what was made of it then stands.
            return measurement;
        }

        var (revised, flags) = InstantDerivation.Derive(
            time, Receipt.Vouched(received), measurement.Device, IsRemembered(measurement.Kind), book);
        if (measurement.Flags.Contains(MeasurementFlag.TimeOfDayUnknown) && revised.Uncertainty < TimeSpan.FromDays(1))
        {
            revised = revised with { Uncertainty = TimeSpan.FromDays(1) };
        }

        var others = measurement.Flags.Where(flag => !ClockFlag.All.Contains(flag)).Concat(flags);
        return revised == measurement.Time && others.SequenceEqual(measurement.Flags, StringComparer.Ordinal)
            ? measurement
            : measurement with { Time = revised, Flags = [.. others] };
    }

    /// <summary>When it was received; null where no time service stands behind any moment of that boot.</summary>
    public static TrueTime? ReceiptOf(MeasurementTime time, ClockBook book) =>
        time.IsSynchronised ? new TrueTime(time.Received, TimeSpan.Zero) : book.At(time.Boot, time.MonotonicNanoseconds);

    /// <summary>Whether a kind of reading is told of years past, as by an implant.</summary>
    public static bool IsRemembered(string kind) =>
        VitalSignCatalogue.Kinds.TryGetValue(kind, out var known) && known.Category == RecordCategory.Procedure;

    // Entries of before offsets were kept: what the zone gave is what the instant lacks. Of a distrusted one it is not known.
    private static MeasurementTime? WithOffset(MeasurementTime time) => time switch
    {
        { Device: null } or { Device.Offset: not null } or { AssumedOffset: not null } => time,
        { Basis: TimeBasis.DeviceLocal } => time with { AssumedOffset = new TimeSpan(time.Device.Wall.Ticks - time.Instant.UtcTicks) },
        _ => null,
    };
}
