using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Journal;

/// <summary>Bounds of the journal.</summary>
public sealed record JournalOptions
{
    /// <summary>Folder of <c>journal.db</c> and <c>box.key</c>.</summary>
    public required string Folder { get; init; }

    /// <summary>Writes that may wait for the next commit; further callers wait.</summary>
    public int MaximumWaiting { get; init; } = 4_096;

    /// <summary>Writes of one commit.</summary>
    public int MaximumGroup { get; init; } = 2_048;

    /// <summary>Megabytes of <c>journal.db</c>; less where a tenth of the disk would not stay free.</summary>
    public int MaximumMegabytes { get; init; } = 4_096;

    /// <summary>Pages the write-ahead log may have before it is copied into the file: few where the file is small.</summary>
    internal int LogPages => Math.Clamp(MaximumMegabytes * 16, 250, 8_000);

    /// <summary>Days that delivered entries are kept while space allows.</summary>
    public int KeepDays { get; init; } = 14;

    /// <summary>Megabytes held back for alarms; on a small disk a tenth of it.</summary>
    public int ReserveMegabytes { get; init; } = 64;

    /// <summary>Megabytes of refused bytes; the oldest go.</summary>
    public int QuarantineMegabytes { get; init; } = 64;

    /// <summary>Items in quarantine; the oldest go.</summary>
    public int QuarantineRows { get; init; } = 100_000;

    /// <summary>Ids that are looked up in memory before they go into the tree of seen ids.</summary>
    public int SeenInMemory { get; init; } = 65_536;

    /// <summary>Entries kept in memory for readers who keep up; tests that change the file beneath the journal keep none.</summary>
    public int RecentEntries { get; init; } = 4_096;

    /// <summary>Called before each commit; tests slow the disk with it.</summary>
    public Action? BeforeCommit { get; init; }

    /// <summary>Told how long each commit took to be durable.</summary>
    public Action<TimeSpan>? Committed { get; init; }

    /// <summary>Called with the writing connection whenever it was opened; tests take its durability away with it.</summary>
    public Action<SqliteConnection>? OnOpened { get; init; }

    /// <summary>Where the journal says what people must know.</summary>
    public ILogger Log { get; init; } = NullLogger.Instance;
}
