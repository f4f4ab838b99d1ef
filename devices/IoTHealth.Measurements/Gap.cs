namespace IoTHealth.Measurements;

/// <summary>Positions a reader or the journal gave up, and why. Loss is visible.</summary>
/// <param name="Reader">Who skipped them; <c>journal</c> where the entries themselves are gone.</param>
/// <param name="FromPosition">First of them.</param>
/// <param name="ToPosition">Last of them.</param>
/// <param name="Count">How many they are.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Gap(string Reader, long FromPosition, long ToPosition, long Count, string Reason)
{
    /// <summary>The journal whose positions these are; null: the one the gap entry itself stands in.</summary>
    public Guid? Journal { get; init; }

    /// <summary>Exactly which positions, ascending; empty: all from first to last.</summary>
    public IReadOnlyList<Interval> Runs { get; init; } = [];

    /// <summary>Whose measurements they held, as far as that is known; sums to <see cref="Count"/> less what was no measurement.</summary>
    public IReadOnlyList<GapOrigin> Origins { get; init; } = [];
}

/// <summary>How many measurements of one device and day of receipt a gap holds.</summary>
public readonly record struct GapOrigin(string Device, DateOnly Day, long Count);
