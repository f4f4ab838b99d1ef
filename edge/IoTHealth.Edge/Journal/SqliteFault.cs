using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>What an error of SQLite says of the disk.</summary>
internal static class SqliteFault
{
    private const int Corrupt = 11;
    private const int InputOutput = 10;
    private const int Full = 13;
    private const int CannotOpen = 14;
    private const int NotADatabase = 26;
    private const int ReadOnly = 8;

    /// <summary>The disk is full.</summary>
    public static bool IsFull(this SqliteException e) => e.SqliteErrorCode == Full;

    /// <summary>The file's content is not what SQLite wrote.</summary>
    public static bool IsDamage(this SqliteException e) => e.SqliteErrorCode is Corrupt or NotADatabase;

    /// <summary>The connection cannot be trusted any more: what is durable must be found out by opening the file again.</summary>
    public static bool NeedsReopening(this SqliteException e) =>
        e.SqliteErrorCode is InputOutput or CannotOpen or ReadOnly || e.IsDamage();
}
