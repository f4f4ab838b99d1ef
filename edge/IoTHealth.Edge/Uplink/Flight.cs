namespace IoTHealth.Edge.Uplink;

/// <summary>A message under way.</summary>
/// <param name="Outgoing">What it is.</param>
/// <param name="Began">When it was sent, on the monotonic clock.</param>
internal sealed record Flight(Outgoing Outgoing, long Began);
