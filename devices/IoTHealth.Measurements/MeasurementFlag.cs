namespace IoTHealth.Measurements;

/// <summary>Flags that mean something to more than the one who sets them.</summary>
public static class MeasurementFlag
{
    /// <summary>The device told the day only; the time then stands at the day's beginning.</summary>
    public const string TimeOfDayUnknown = "time-of-day-unknown";

    /// <summary>
    /// Whether a flag speaks of clocks alone. Such flags are no part of the revision: what is known of clocks changes, and differs
    /// between gateways.
    /// </summary>
    public static bool IsOfClock(string flag) => flag.StartsWith("clock-", StringComparison.Ordinal);
}
