using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>What is to be sent next.</summary>
/// <param name="Lane">Why.</param>
/// <param name="Runs">Positions in the journal, ascending.</param>
internal sealed record Portion(Lane Lane, IReadOnlyList<Interval> Runs);
