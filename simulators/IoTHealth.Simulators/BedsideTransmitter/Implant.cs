namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>One implant whose transmitter is played.</summary>
/// <param name="Serial">Serial number; it names the account.</param>
internal sealed record Implant(string Serial, string Model, ImplantKind Kind);
