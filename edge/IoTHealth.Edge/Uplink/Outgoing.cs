using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>A message, and what is known once the cloud has it.</summary>
/// <param name="Lane">Why it is sent.</param>
/// <param name="Packed">The message; null where nothing of the portion is there any more.</param>
/// <param name="Sent">Positions in it.</param>
/// <param name="Gone">Positions between them that the journal does not hold.</param>
internal sealed record Outgoing(Lane Lane, PackedBatch? Packed, IReadOnlyList<Interval> Sent, IReadOnlyList<Interval> Gone)
{
    /// <summary>Whether there is something to send, and the hub would take a message of its size.</summary>
    public bool IsMessage => Packed is { Body.Length: <= BatchPacker.BodyBytesMaximum };

    public IEnumerable<Interval> All => Sent.Concat(Gone);
}
