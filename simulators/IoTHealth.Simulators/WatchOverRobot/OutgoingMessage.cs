namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>One publish, held until its PUBACK and repeated with the same bytes until then.</summary>
/// <param name="Lines">What must be on file before its first send.</param>
/// <param name="Sequences">The records its PUBACK acknowledges; none for a duplicate or a mangled copy.</param>
/// <param name="CutLine">The connection is cut once this has been handed to it for the first time.</param>
internal sealed record OutgoingMessage(byte[] Payload, byte[] Lines, IReadOnlyList<long> Sequences, bool CutLine);
