using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>A reading whose point moves.</summary>
/// <param name="Old">As it stands.</param>
/// <param name="New">As it is known now.</param>
/// <param name="Wire">As the log holds it.</param>
public sealed record MovedPoint(Measurement Old, Measurement New, ReadOnlyMemory<byte> Wire);
