namespace IoTHealth.Benchmarks.Edge;

/// <summary>What a run of the edge's figures was asked for.</summary>
/// <param name="Rounds">Rounds of which the median is told.</param>
/// <param name="Messages">Messages of a round of load.</param>
internal sealed record EdgeRun(int Rounds, int Messages, TimeProvider Time, CancellationToken Stop);
