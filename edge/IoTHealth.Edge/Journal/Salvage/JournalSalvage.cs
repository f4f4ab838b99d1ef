using System.Globalization;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>
/// Brings everything that can be read of a damaged journal into a new file: entries and refused bytes wherever they lie, each proven by
/// its seal; seen ids; the small tables as far as their trees can be followed. What the ledger knows of and is not there is a gap. The new
/// file begins a new generation; the damaged one is set aside.
/// </summary>
internal sealed partial class JournalSalvage(JournalFolder folder, JournalOptions options, TimeProvider time, IReadOnlyList<string> readerTables)
{
    private static readonly string[] ByShape = ["entry", "seen", "seen_older", "quarantine", "seen_upto"];

    // Made anew from what is there.
    private static readonly string[] NotCopied = ["opening", "data_key"];

    /// <summary>Finishes a salvage that was cut short after its new file was whole.</summary>
    public static void Finish(JournalFolder folder, TimeProvider time)
    {
        if (File.Exists(folder.SalvagedFile))
        {
            Swap(folder, time);
        }
    }

    /// <exception cref="IOException">There is no room for a second file, or nothing opens its keys.</exception>
    public void Run(string reason)
    {
        LogBegun(options.Log, folder.DatabaseFile, reason);
        folder.DeleteBuilding();
        var note = JournalNote.Find(options.Folder);
        var boxKey = BoxKey.Open(options.Folder, journalExists: true);
        using (var connection = JournalTables.Open(folder.BuildingFile, write: true))
        {
            JournalTables.Execute(connection, "pragma synchronous=off");
            JournalTables.Prepare(connection);
            foreach (var sql in readerTables)
            {
                JournalTables.Execute(connection, sql);
            }

            Fill(connection, note, boxKey, reason);
            JournalTables.Execute(connection, "pragma wal_checkpoint(truncate); pragma journal_mode=delete;");
        }

        JournalFolder.Flush(folder.BuildingFile);
        File.Move(folder.BuildingFile, folder.SalvagedFile, overwrite: true);
        Swap(folder, time);
    }

    private void Fill(SqliteConnection connection, JournalNote? note, BoxKey boxKey, string reason)
    {
        using (var transaction = connection.BeginTransaction())
        {
            if (File.Exists(folder.DatabaseFile))
            {
                using var file = new PageFile(folder.DatabaseFile, folder.DatabaseFile + "-wal");
                var tables = TablesOf(file, note);
                var copy = new SalvageCopy(connection, new PageRows(file), tables);
                copy.Keys(note, boxKey);
                foreach (var table in tables.Where(table => !ByShape.Contains(table.Name) && !NotCopied.Contains(table.Name)))
                {
                    copy.Table(table);
                }

                copy.Pages(file, boxKey);
            }
            else
            {
                note?.Keys.ToList().ForEach(key => key.Store(connection));
            }

            transaction.Commit();
        }

        Account(connection, note, boxKey, reason);
    }

    // Where the tables begin: as noted beside the journal, which says it of the same file.
    private static IReadOnlyList<NotedTable> TablesOf(PageFile file, JournalNote? note) => note?.Tables ?? SchemaPage.Tables(new PageRows(file));

    // The ledger says what was there; what is not is a gap. The numbers of what is lost are those between.
    private void Account(SqliteConnection connection, JournalNote? note, BoxKey boxKey, string reason)
    {
        if (GenerationTable.Load(connection).IsEmpty)
        {
            GenerationTable.Begin(connection, note?.Guid ?? Guid.NewGuid(), 0, "salvaged", time.GetUtcNow());
        }

        var told = SalvageLedger.Told(connection, boxKey);
        var known = new[] { note?.Head ?? 0, SalvageLedger.LastKnown(connection) }.Max();
        var keys = JournalKeys.Open(connection, boxKey, GenerationTable.Load(connection)[^1].Guid);
        using var rows = new JournalRows(connection, keys, options, time);
        JournalTables.Execute(connection, "begin immediate");
        rows.SkipTo(known);
        var text = $"the journal was damaged: {reason} 記録ファイルが損傷しました";
        var lost = SalvageLedger.Lost(connection, rows.Head, told);
        var count = lost.Sum(run => run.Count);
        LogLost(options.Log, rows.Head, count);
        var head = rows.Head;
        foreach (var gone in lost.SelectMany(JournalRows.Positions).Chunk(100_000))
        {
            rows.Tell([.. gone.Select(position => new Gone(position, null, null))], text);
        }

        rows.StoreCounts();
        SalvageLedger.Recount(connection);
        Alarming.CallRecovery.Run(connection, keys, time.GetUtcNow());
        rows.BeginAnew(head, text);
        rows.StoreCounts();
        JournalTables.Execute(connection, "commit");
        rows.Committed();
    }

    private static void Swap(JournalFolder folder, TimeProvider time)
    {
        var stamp = time.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        folder.SetAside(stamp);
        File.Move(folder.SalvagedFile, folder.DatabaseFile);
        folder.FlushFolder();
    }

    [LoggerMessage(LogLevel.Error, "{File} is damaged ({Reason}); everything that can be read is brought into a new file")]
    private static partial void LogBegun(ILogger logger, string file, string reason);

    [LoggerMessage(LogLevel.Error, "The journal was recovered up to position {Head}; {Count} entries before it are lost, and a gap says which")]
    private static partial void LogLost(ILogger logger, long head, long count);
}
