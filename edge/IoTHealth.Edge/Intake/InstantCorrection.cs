using System.Collections.Immutable;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>
/// Makes the instant of a reading at intake: resolves the zone, which the gateway alone knows, and leaves the rest to
/// <see cref="InstantDerivation"/>. Pure; revised later by clock entries.
/// </summary>
public static class InstantCorrection
{
    /// <param name="shown">What the device's clock showed, or null.</param>
    /// <param name="device">The device, with its zone.</param>
    /// <param name="received">The gateway's clocks at receipt.</param>
    /// <param name="isRemembered">The device tells of years past, as an implanted one does.</param>
    /// <param name="book">What is known of clocks.</param>
    public static (MeasurementTime Time, ImmutableArray<string> Flags) Correct(
        DeviceTime? shown, Devices.DeviceContext device, GatewayMoment received, bool isRemembered, ClockBook book)
    {
        var raw = new MeasurementTime(
            shown, received.Boot, received.MonotonicNanoseconds, received.Wall, received.Wall, TimeSpan.Zero, TimeBasis.Received)
        {
            IsSynchronised = received.IsSynchronised,
        };
        var time = shown is { Offset: null }
            ? raw with { AssumedOffset = OffsetOf(device.Zone, shown.Wall), ZoneDoubt = Doubt(device.Zone, shown.Wall) }
            : raw;
        return InstantDerivation.Derive(time, received.In(book), device.Id, isRemembered, book);
    }

    /// <summary>What a zone's clocks are ahead of UTC at a time on the wall, in whole minutes.</summary>
    public static TimeSpan OffsetOf(TimeZoneInfo zone, DateTime wall) => TimeSpan.FromMinutes(Math.Round(zone.GetUtcOffset(wall).TotalMinutes));

    // In the hour that happens twice, or never, nobody can tell which one the device meant.
    private static TimeSpan Doubt(TimeZoneInfo zone, DateTime wall) =>
        zone.IsAmbiguousTime(wall) || zone.IsInvalidTime(wall) ? TimeSpan.FromHours(1) : TimeSpan.Zero;
}
