using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>Makes the corrected instant of a reading from its three clocks. Pure; revised later by clock entries.</summary>
public static class InstantCorrection
{
    /// <summary>A device that is further ahead of the gateway than this has a wrong clock. Readings cannot come from the future.</summary>
    public static readonly TimeSpan AheadMaximum = TimeSpan.FromMinutes(2);

    /// <summary>Device clocks are set by hand: minutes are all one can promise.</summary>
    private static readonly TimeSpan LocalUncertainty = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ZonedUncertainty = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReceiptUncertainty = TimeSpan.FromSeconds(5);

    /// <summary>Before this an unset clock is speaking (1970-01-01, 2000-01-01, factory dates).</summary>
    private static readonly DateTimeOffset OldestBelievable = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The same for a device that tells what it remembers of many years: later than the first days of an unset clock.</summary>
    private static readonly DateTimeOffset OldestRemembered = new(2000, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="device">What the device's clock showed, or null.</param>
    /// <param name="zone">The device's zone, where it gives no offset.</param>
    /// <param name="received">The gateway's clocks at receipt.</param>
    /// <param name="isRemembered">The device tells of years past, as an implanted one does.</param>
    public static MeasurementTime Correct(DeviceTime? device, TimeZoneInfo zone, GatewayMoment received, bool isRemembered = false)
    {
        var (instant, uncertainty, basis) = Derive(device, zone, received, isRemembered ? OldestRemembered : OldestBelievable);
        return new MeasurementTime(device, received.Boot, received.MonotonicNanoseconds, received.Wall, instant, uncertainty, basis);
    }

    private static (DateTimeOffset Instant, TimeSpan Uncertainty, TimeBasis Basis) Derive(
        DeviceTime? device, TimeZoneInfo zone, GatewayMoment received, DateTimeOffset oldest)
    {
        if (device is null)
        {
            return (received.Wall, ReceiptUncertainty + received.Behind, TimeBasis.Received);
        }

        var isGatewayBehind = received.Behind > TimeSpan.Zero;
        if (!TryUniversal(device.Wall, device.Offset ?? zone.GetUtcOffset(device.Wall), out var instant) || instant < oldest || (!isGatewayBehind && instant > received.Wall + AheadMaximum))
        {
            return (received.Wall, ReceiptUncertainty + received.Behind, TimeBasis.DeviceDistrusted);
        }

        return device.Offset is not null
            ? (instant, ZonedUncertainty, TimeBasis.DeviceZoned)
            : (instant, Ambiguity(zone, device.Wall), TimeBasis.DeviceLocal);
    }

    // At the calendar's ends an offset leads out of it.
    private static bool TryUniversal(DateTime wall, TimeSpan offset, out DateTimeOffset instant)
    {
        var isInCalendar = wall.Ticks - offset.Ticks >= DateTime.MinValue.Ticks && wall.Ticks - offset.Ticks <= DateTime.MaxValue.Ticks;
        instant = isInCalendar ? new DateTimeOffset(wall.Ticks - offset.Ticks, TimeSpan.Zero) : default;
        return isInCalendar;
    }

    // In the hour that happens twice, or never, nobody can tell which one the device meant.
    private static TimeSpan Ambiguity(TimeZoneInfo zone, DateTime wall) =>
        zone.IsAmbiguousTime(wall) || zone.IsInvalidTime(wall) ? TimeSpan.FromHours(1) + LocalUncertainty : LocalUncertainty;
}
