namespace IoTHealth.Measurements;

/// <summary>An instant that somebody vouches for.</summary>
/// <param name="Instant">UTC.</param>
/// <param name="Uncertainty">Half-width of the interval that holds it.</param>
public readonly record struct TrueTime(DateTimeOffset Instant, TimeSpan Uncertainty);
