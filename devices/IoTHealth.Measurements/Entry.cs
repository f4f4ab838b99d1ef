namespace IoTHealth.Measurements;

/// <summary>What an entry holds. Open: unknown numbers are stored and forwarded as they are.</summary>
public enum EntryKind
{
    Measurement = 1,
    Alarm = 2,
    Acknowledgement = 3,
    Assignment = 4,
    DeviceState = 5,
    Gap = 6,
    Clock = 7,
    DocumentPart = 8,
}

/// <summary>What may be dropped first when space runs out, lowest first. Alarms and episodic readings never are.</summary>
public enum EntryPriority
{
    Stream = 0,
    Reading = 1,
    Episode = 2,
    Alarm = 3,
}

/// <summary>The journal an entry was written to: a gateway and the GUID of one unbroken run of positions.</summary>
public readonly record struct JournalId(string Gateway, Guid Guid);

/// <summary>What the log holds and the wire carries.</summary>
/// <param name="Position">Dense within the journal, from 1.</param>
/// <param name="Kind">What the payload is.</param>
/// <param name="Id">Deterministic id: equal for the same fact on every gateway.</param>
/// <param name="Revision">Digest of the content; the same id with another revision is a new version, and both are kept.</param>
/// <param name="Priority">Order of eviction and of sending.</param>
/// <param name="Payload">The wire form of the content (<see cref="WireForm"/>).</param>
public sealed record Entry(
    long Position,
    EntryKind Kind,
    MeasurementId Id,
    ulong Revision,
    EntryPriority Priority,
    ReadOnlyMemory<byte> Payload);

/// <summary>Entries of one journal, as one telemetry message carries them.</summary>
/// <param name="Journal">Where they were written.</param>
/// <param name="Head">The journal's last position when the batch was packed.</param>
/// <param name="Entries">Any subset of the journal's positions, ascending.</param>
public sealed record EntryBatch(JournalId Journal, long Head, IReadOnlyList<Entry> Entries);
