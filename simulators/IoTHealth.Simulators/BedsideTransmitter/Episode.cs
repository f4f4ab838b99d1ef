namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>What an episode was taken for.</summary>
internal enum EpisodeType
{
    Atrial,
    Tachycardia,
    Fibrillation,
}

/// <summary>One arrhythmia.</summary>
/// <param name="Number">Counts up over the implant's life, from 1.</param>
/// <param name="Day">When it began, days since implantation.</param>
/// <param name="Seconds">How long it lasted.</param>
/// <param name="Bursts">Antitachycardia pacing delivered.</param>
/// <param name="Shocks">Shocks delivered.</param>
/// <param name="Aborted">Shocks charged for and not delivered: it ended by itself.</param>
/// <param name="Result">Whether therapy ended it; null where none was given.</param>
internal sealed record Episode(int Number, EpisodeType Type, double Day, int Seconds, int Bursts, int Shocks, int Aborted, bool? Result);
