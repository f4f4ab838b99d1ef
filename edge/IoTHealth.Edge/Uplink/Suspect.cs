using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>Positions that may be the cause of broken sessions.</summary>
internal sealed class Suspect(IReadOnlyList<Interval> runs)
{
    public IReadOnlyList<Interval> Runs { get; set; } = runs;

    /// <summary>Failures alone, each with others having passed since the one before.</summary>
    public int Strikes { get; set; }

    public int Tries { get; set; }

    public bool OthersPassed { get; set; }

    /// <summary>When it may be tried, on the monotonic clock.</summary>
    public TimeSpan Due { get; set; }
}
