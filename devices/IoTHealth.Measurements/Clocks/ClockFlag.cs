namespace IoTHealth.Measurements;

/// <summary>Flags that the derivation of an instant sets, and takes away again when more is known.</summary>
public static class ClockFlag
{
    /// <summary>The device's clock is plainly wrong and nobody knows by how much: the instant is that of receipt.</summary>
    public const string Distrusted = "clock-distrusted";

    /// <summary>The gateway's clock lay before a moment that had certainly passed.</summary>
    public const string GatewayBehind = "clock-gateway-behind";

    /// <summary>No time service had set the gateway's clock since it started.</summary>
    public const string GatewayUnsynchronised = "clock-gateway-unsynchronised";

    /// <summary>The gateway looked at the device's clock, and the instant is corrected by what it showed.</summary>
    public const string Corrected = "clock-corrected";

    /// <summary>The device's clock was one hour off, as after a change of summer time.</summary>
    public const string OneHourOff = "clock-off-1h";

    /// <summary>The device's clock was twelve hours off, as where AM and PM were taken for each other.</summary>
    public const string TwelveHoursOff = "clock-off-12h";

    /// <summary>Several instants are possible; the uncertainty covers them all.</summary>
    public const string Ambiguous = "clock-ambiguous";

    /// <summary>A local time of a device whose clock nobody has looked at.</summary>
    public const string Unchecked = "clock-unchecked";

    /// <summary>
    /// Readings of the device came late by a constant time: its clock is slow, or the line is. The instant is what the clock showed; the
    /// uncertainty covers both.
    /// </summary>
    public const string Suspected = "clock-suspected";

    /// <summary>All of them.</summary>
    public static IReadOnlySet<string> All { get; } = new HashSet<string>(StringComparer.Ordinal)
    {
        Distrusted, GatewayBehind, GatewayUnsynchronised, Corrected, OneHourOff, TwelveHoursOff, Ambiguous, Unchecked, Suspected,
    };
}
