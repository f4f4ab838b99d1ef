using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>An entry before it has a position.</summary>
public sealed record NewEntry(EntryKind Kind, MeasurementId Id, ulong Revision, EntryPriority Priority, ReadOnlyMemory<byte> Payload)
{
    /// <summary>In which line of the ledger it counts; null for what is no measurement.</summary>
    public Origin? Origin { get; init; }

    /// <summary>It was here before and its payload has gone: it is appended although its id is known, and counts in no line of the ledger.</summary>
    public bool IsAgain { get; init; }
}

/// <summary>A line of the ledger: one device, one day.</summary>
/// <param name="Device">Global device id (<see cref="DeviceId.Value"/>).</param>
/// <param name="Day">Day of receipt in the facility's zone; never revised.</param>
public readonly record struct Origin(string Device, DateOnly Day);

/// <summary>Bytes that were refused, kept so that nothing is lost.</summary>
/// <param name="Source">Key of the device, or name of the reader.</param>
/// <param name="Reason">Why, naming the place.</param>
/// <param name="Raw">The bytes as they came.</param>
public sealed record QuarantinedBytes(string Source, string Reason, ReadOnlyMemory<byte> Raw)
{
    /// <summary>In which line of the ledger it counts; null where it is no device's.</summary>
    public Origin? Origin { get; init; }
}

/// <summary>An entry that no cloud will ever take.</summary>
/// <param name="Position">Its position; one that is gone already is passed over.</param>
/// <param name="Source">Name of the reader.</param>
/// <param name="Reason">Why, naming the place.</param>
public sealed record SetAside(long Position, string Source, string Reason);

/// <summary>What one caller wants written in one transaction.</summary>
public sealed record JournalWrite
{
    public IReadOnlyList<NewEntry> Entries { get; init; } = [];

    public IReadOnlyList<QuarantinedBytes> Quarantine { get; init; } = [];

    /// <summary>Entries to be taken out of the log into quarantine; gap entries say that they will not come.</summary>
    public IReadOnlyList<SetAside> SetAside { get; init; } = [];

    /// <summary>
    /// Numbers in quarantine that are done with: what they became stands in <see cref="Entries"/>, with the
    /// <see cref="QuarantinedBytes.Origin"/> they had.
    /// </summary>
    public IReadOnlyList<long> Settled { get; init; } = [];

    /// <summary>
    /// A reader's own rows (cursor, calls, acknowledged intervals), written in the same transaction. It receives the
    /// positions given to <see cref="Entries"/>, 0 for an entry that was there already. It must not throw on content.
    /// </summary>
    public Action<SqliteConnection, IReadOnlyList<long>>? Rows { get; init; }
}
