using System.Collections.Frozen;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Patients;

/// <summary>The residents as the file tells them now; swapped whole when the file changes.</summary>
public sealed class ResidentDirectory
{
    private volatile Snapshot _now = new(FrozenDictionary<string, ResidentEntry>.Empty, 0);

    /// <summary>Counts the changes.</summary>
    public long Version => _now.Version;

    public Resident? Find(string key) => _now.Residents.GetValueOrDefault(key)?.ToResident();

    /// <summary>How many there are.</summary>
    public int Count => _now.Residents.Count;

    /// <summary>What the resident decided on being told of, at this moment; null where the file does not know them.</summary>
    public ConsentDecision? ConsentOf(string key) => _now.Residents.GetValueOrDefault(key)?.Consent.Records;

    public void Replace(ResidentsFile file) => _now = new Snapshot(
        file.Residents.ToFrozenDictionary(resident => resident.Key, StringComparer.Ordinal), _now.Version + 1);

    private sealed record Snapshot(FrozenDictionary<string, ResidentEntry> Residents, long Version);
}
