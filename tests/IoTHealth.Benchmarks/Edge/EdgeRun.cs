namespace IoTHealth.Benchmarks.Edge;

/// <summary>What a run of the edge's figures was asked for.</summary>
/// <param name="Rounds">Rounds of which the median is told.</param>
/// <param name="Messages">Messages of a round of load.</param>
/// <param name="Measurements">Measurements after which memory is looked at.</param>
/// <param name="Gateways">Further programs whose memory is looked at.</param>
internal sealed record EdgeRun(int Rounds, int Messages, int Measurements, IReadOnlyList<string> Gateways, TimeProvider Time, CancellationToken Stop);
