using System.Collections.Immutable;

namespace IoTHealth.Edge.Journal;

/// <summary>What of the journal is committed and may be told.</summary>
/// <param name="Head">Last durable position.</param>
/// <param name="Generations">In the order in which they began.</param>
internal sealed record JournalState(long Head, ImmutableArray<JournalGeneration> Generations);
