namespace IoTHealth.Hostile;

/// <summary>What an attack came to.</summary>
/// <param name="Told">Counts and figures, for people.</param>
/// <param name="Mistakes">What should not have happened.</param>
public sealed record HostileReport(string Told, IReadOnlyList<string> Mistakes)
{
    /// <summary>Readings and refusals that came of it, where that is counted.</summary>
    public long Reached { get; init; }

    public override string ToString() => Mistakes.Count == 0 ? $"held; {Told}" : $"FAILED: {string.Join("; ", Mistakes)}; {Told}";
}
