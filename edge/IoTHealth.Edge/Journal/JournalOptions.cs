using Microsoft.Data.Sqlite;

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

    /// <summary>Called before each commit; tests slow the disk with it.</summary>
    public Action? BeforeCommit { get; init; }

    /// <summary>Called with the writing connection once it is open; tests take its durability away with it.</summary>
    public Action<SqliteConnection>? OnOpened { get; init; }
}
