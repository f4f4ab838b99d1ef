using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>An entry before it has a position.</summary>
public sealed record NewEntry(EntryKind Kind, MeasurementId Id, ulong Revision, EntryPriority Priority, ReadOnlyMemory<byte> Payload);

/// <summary>Bytes that were refused, kept so that nothing is lost.</summary>
/// <param name="Source">Key of the device, or name of the reader.</param>
/// <param name="Reason">Why, naming the place.</param>
/// <param name="Raw">The bytes as they came.</param>
public sealed record QuarantinedBytes(string Source, string Reason, ReadOnlyMemory<byte> Raw);

/// <summary>What one caller wants written in one transaction.</summary>
public sealed record JournalWrite
{
    public IReadOnlyList<NewEntry> Entries { get; init; } = [];

    public IReadOnlyList<QuarantinedBytes> Quarantine { get; init; } = [];

    /// <summary>
    /// A reader's own rows (cursor, calls, acknowledged intervals), written in the same transaction. It receives the
    /// positions given to <see cref="Entries"/>, 0 for an entry that was there already. It must not throw on content.
    /// </summary>
    public Action<SqliteConnection, IReadOnlyList<long>>? Rows { get; init; }
}
