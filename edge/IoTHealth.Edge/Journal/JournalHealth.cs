using IoTHealth.Edge.Journal.Salvage;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Whether the file can be trusted when it is opened. One that was closed in order is believed; another is looked through for a few
/// seconds, and what that does not find is found when it is read.
/// </summary>
internal static class JournalHealth
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private const long SmallBytes = 256L << 20;
    private const int StepsBetweenLooks = 100_000;

    /// <summary>What is wrong; null where nothing is, or there is no journal yet.</summary>
    public static string? Damage(JournalOptions options, JournalFolder folder, TimeProvider time, bool isSuspect)
    {
        var note = JournalNote.Find(options.Folder);
        if (!File.Exists(folder.DatabaseFile) || new FileInfo(folder.DatabaseFile).Length == 0)
        {
            return note is null ? null : "the file is missing or empty";
        }

        var lost = WriteAheadLog.Read(folder.DatabaseFile + "-wal", PageFile.PageSize).CommitsBehindWrong;
        return lost > 1 || (lost == 1 && new FileInfo(folder.DatabaseFile).Length < SmallBytes)
            ? $"the write-ahead log is wrong before its end, {lost} commits"
            : Look(folder.DatabaseFile, note, time, isSuspect);
    }

    /// <summary>
    /// Why the last commit cannot be proven, where looking through all of a large file for it would take minutes for what a power
    /// cut most likely tore before anything was acknowledged; null where there is no doubt.
    /// </summary>
    public static string? Doubt(JournalFolder folder) =>
        WriteAheadLog.Read(folder.DatabaseFile + "-wal", PageFile.PageSize).CommitsBehindWrong > 0 ? "the end of the write-ahead log is torn" : null;

    private static string? Look(string path, JournalNote? note, TimeProvider time, bool isSuspect)
    {
        try
        {
            using var connection = JournalTables.Open(path, write: true);
            var head = JournalTables.Number(connection, "select coalesce(max(position), 0) from entry");
            if (note is not null && note.Head > head)
            {
                return $"it ends at position {head}, and was at {note.Head} before";
            }

            return note is { IsClosed: true } && !isSuspect ? null : Check(connection, time, isSuspect ? TimeSpan.MaxValue : Longest);
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            return e.Message;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 1)
        {
            // No such table: a start that was cut short, or a file of something else.
            return note is null ? null : e.Message;
        }
    }

    private static string? Check(SqliteConnection connection, TimeProvider time, TimeSpan longest)
    {
        var begun = time.GetTimestamp();
        raw.sqlite3_progress_handler(connection.Handle, StepsBetweenLooks, _ => time.GetElapsedTime(begun) > longest ? 1 : 0, null);
        try
        {
            using var command = JournalTables.Command(connection, "pragma quick_check(1)");
            return command.ExecuteScalar() is string answer && answer != "ok" ? answer : null;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == raw.SQLITE_INTERRUPT)
        {
            return null;
        }
        finally
        {
            raw.sqlite3_progress_handler(connection.Handle, 0, null, null);
        }
    }
}
