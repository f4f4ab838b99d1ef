using System.Collections.Immutable;

namespace IoTHealth.Measurements;

/// <summary>
/// Makes the instant of a reading of what its device's clock showed, when it was received, and what is known of clocks. Pure and
/// total. Every doubt is a flag, and the uncertainty covers it.
/// </summary>
public static class InstantDerivation
{
    /// <summary>Device clocks are set by hand: minutes are all one can promise.</summary>
    private static readonly TimeSpan LocalUncertainty = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan ZonedUncertainty = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReceiptUncertainty = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SummerTime = TimeSpan.FromHours(1);
    private static readonly TimeSpan HalfDay = TimeSpan.FromHours(12);

    /// <summary>A clock that nobody has looked at: the usual mistakes of those who set it, summer time and AM for PM, together.</summary>
    private static readonly TimeSpan UncheckedUncertainty = SummerTime + HalfDay;

    private static readonly TimeSpan NearlyThat = TimeSpan.FromMinutes(5);

    /// <summary>Before this an unset clock is speaking (1970-01-01, 2000-01-01, factory dates).</summary>
    private static readonly DateTimeOffset OldestBelievable = new(2015, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>The same for a device that tells what it remembers of many years: later than the first days of an unset clock.</summary>
    private static readonly DateTimeOffset OldestRemembered = new(2000, 3, 1, 0, 0, 0, TimeSpan.Zero);

    /// <param name="time">The clocks of the reading; its instant, uncertainty and basis are not looked at.</param>
    /// <param name="receipt">When it was received.</param>
    /// <param name="device">Whose it is.</param>
    /// <param name="isRemembered">The device tells of years past, as an implanted one does.</param>
    /// <param name="book">What is known of clocks.</param>
    public static (MeasurementTime Time, ImmutableArray<string> Flags) Derive(
        MeasurementTime time, Receipt receipt, DeviceId device, bool isRemembered, ClockBook book)
    {
        ImmutableArray<string> flags = receipt.IsVouched ? [] : receipt.IsBehind
            ? [ClockFlag.GatewayBehind, ClockFlag.GatewayUnsynchronised]
            : [ClockFlag.GatewayUnsynchronised];
        if (time.Device is not { } shown)
        {
            return (time with { Instant = receipt.Instant, Uncertainty = Capped(ReceiptUncertainty + receipt.Uncertainty), Basis = TimeBasis.Received }, flags);
        }

        var oldest = isRemembered ? OldestRemembered : OldestBelievable;
        var offset = shown.Offset ?? time.AssumedOffset ?? TimeSpan.Zero;
        var history = book.HistoryOf(device);
        var latest = receipt.Latest(shown.Offset is not null);
        var possible = history.Instants(shown.Wall, offset).Where(one => one.Instant >= oldest && one.Instant <= latest).ToList();
        return possible.Any(one => !one.IsDoubt)
            ? Choose(time, shown, receipt, history.HasLooks, possible, flags)
            : Distrust(time, shown, receipt, offset, flags);
    }

    private static (MeasurementTime, ImmutableArray<string>) Choose(
        MeasurementTime time, DeviceTime shown, Receipt receipt, bool hasLooks, List<PossibleInstant> possible, ImmutableArray<string> flags)
    {
        var chosen = Best(possible);
        var isLocal = shown.Offset is null;
        var isCorrected = chosen.Reading.Fixed is not null;
        var isUnchecked = isLocal && !hasLooks;
        var uncertainty = isLocal || isCorrected ? LocalUncertainty : ZonedUncertainty;
        uncertainty += isCorrected ? ReceiptUncertainty : time.ZoneDoubt;
        uncertainty += isUnchecked ? UncheckedUncertainty : TimeSpan.Zero;

        var spread = possible.Max(one => (one.Instant - chosen.Instant).Duration());

        // Nobody vouches for the gateway, and the device is ahead of it: one of the two is wrong.
        var ahead = receipt.IsVouched ? TimeSpan.Zero : chosen.Instant - receipt.Instant;
        spread = ahead > Receipt.AheadMaximum && ahead > spread ? ahead : spread;
        var isAmbiguous = spread > ClockReading.Tolerance || (!isCorrected && time.ZoneDoubt > TimeSpan.Zero);
        var basis = isCorrected ? TimeBasis.DeviceCorrected : isLocal ? TimeBasis.DeviceLocal : TimeBasis.DeviceZoned;
        flags = isCorrected ? flags.Add(ClockFlag.Corrected).AddRange(Known(chosen.Reading.Error)) : flags;
        flags = isAmbiguous ? flags.Add(ClockFlag.Ambiguous) : flags;
        flags = isUnchecked ? flags.Add(ClockFlag.Unchecked) : flags;
        flags = possible.Any(one => one.IsInferred && (one.Instant - chosen.Instant).Duration() > ClockReading.Tolerance)
            ? flags.Add(ClockFlag.Suspected)
            : flags;
        uncertainty += spread > ClockReading.Tolerance ? spread : TimeSpan.Zero;
        return (time with { Instant = chosen.Instant, Uncertainty = Capped(uncertainty), Basis = basis }, flags);
    }

    // The latest that speaks for itself; where the zone says nearly the same, what the zone says.
    private static PossibleInstant Best(List<PossibleInstant> possible)
    {
        var sure = possible.Where(one => !one.IsDoubt).OrderByDescending(one => one.Instant).ThenBy(one => one.Reading.Error).ToList();
        var near = sure.Where(one => one.Reading.Fixed is null && sure[0].Instant - one.Instant <= ClockReading.Tolerance).Take(1).ToList();
        return near.Count > 0 ? near[0] : sure[0];
    }

    private static (MeasurementTime, ImmutableArray<string>) Distrust(
        MeasurementTime time, DeviceTime shown, Receipt receipt, TimeSpan offset, ImmutableArray<string> flags)
    {
        // What lies in the future by an hour or by twelve looks like one of the usual mistakes; nobody has looked, so it is only said.
        var ahead = ClockReading.FollowsZone.Instant(shown.Wall, offset) is { } instant && receipt.IsVouched ? instant - receipt.Instant : TimeSpan.Zero;
        return (
            time with { Instant = receipt.Instant, Uncertainty = MeasurementTime.Unbounded, Basis = TimeBasis.DeviceDistrusted },
            flags.Add(ClockFlag.Distrusted).AddRange(ahead > TimeSpan.Zero ? Known(ahead) : []));
    }

    private static IEnumerable<string> Known(TimeSpan error)
    {
        if ((error.Duration() - SummerTime).Duration() <= NearlyThat)
        {
            yield return ClockFlag.OneHourOff;
        }
        else if ((error.Duration() - HalfDay).Duration() <= NearlyThat)
        {
            yield return ClockFlag.TwelveHoursOff;
        }
    }

    private static TimeSpan Capped(TimeSpan uncertainty) => uncertainty < MeasurementTime.Unbounded ? uncertainty : MeasurementTime.Unbounded;
}
