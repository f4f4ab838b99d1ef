namespace IoTHealth.Measurements;

/// <summary>Flags that mean something to more than the one who sets them.</summary>
public static class MeasurementFlag
{
    /// <summary>The device told the day only; the time then stands at the day's beginning.</summary>
    public const string TimeOfDayUnknown = "time-of-day-unknown";
}
