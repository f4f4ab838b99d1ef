namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One report ready to go, the same bytes however often.</summary>
/// <param name="Control">MSH-10.</param>
/// <param name="Indices">The account's measurements in it.</param>
internal sealed record Report(string Control, IReadOnlyList<int> Indices, byte[] Message);
