namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>How transmitters run.</summary>
/// <param name="Out">Folder of the accounts.</param>
/// <param name="Every">Between two reports.</param>
/// <param name="Speed">Simulated seconds of the implant's life per second; its clock stays true.</param>
/// <param name="Zone">Where the implants' clocks are right.</param>
/// <param name="Count">Reports of each; null = no bound.</param>
/// <param name="For">How long to measure; null = until stopped.</param>
/// <param name="Drain">How long to go on for acknowledgements once measuring has ended.</param>
internal sealed record TransmitterSettings(
    string Out, ulong Seed, TimeSpan Every, double Speed, TimeZoneInfo Zone, int? Count, TimeSpan? For, TimeSpan Drain, TimeSpan AnswerWithin, TransmitterChaos Chaos);
