using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>The journal's file while it is open. After an error of the disk it is closed and another takes its place.</summary>
internal sealed class JournalSession : IDisposable
{
    private JournalSession(SqliteConnection connection, JournalKeys keys, string path, JournalOptions options, TimeProvider time)
    {
        Keys = keys;
        Writer = new JournalWriter(connection, keys, options, time);
        Readers = new ReadPool(path);
        Eviction = new Eviction(connection, keys, options, time);
    }

    public JournalKeys Keys { get; }

    public JournalWriter Writer { get; }

    public ReadPool Readers { get; }

    public Eviction Eviction { get; }

    /// <summary>Bytes of the file, and bytes of it that are in use.</summary>
    public (long File, long Used) Size()
    {
        var page = JournalTables.Number(Writer.Connection, "pragma page_size");
        var pages = JournalTables.Number(Writer.Connection, "pragma page_count");
        return (pages * page, (pages - JournalTables.Number(Writer.Connection, "pragma freelist_count")) * page);
    }

    /// <exception cref="IOException">The box key is missing or not this journal's.</exception>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static JournalSession Open(JournalOptions options, JournalFolder folder, TimeProvider time, IReadOnlyList<string> readerTables)
    {
        var boxKey = BoxKey.Open(options.Folder, File.Exists(folder.DatabaseFile));
        folder.CreateDatabase();
        var connection = JournalTables.Open(folder.DatabaseFile, write: true);
        try
        {
            options.OnOpened?.Invoke(connection);
            JournalTables.Prepare(connection);
            foreach (var sql in readerTables)
            {
                JournalTables.Execute(connection, sql);
            }

            var guid = Begin(connection, time);
            var keys = JournalKeys.Open(connection, boxKey, guid);

            // After a failed fsync nobody knows what of the write-ahead log is on disk: copying all of it into the file proves it.
            if (JournalTables.Number(connection, "pragma wal_checkpoint(truncate)") != 0)
            {
                throw new IOException($"{folder.DatabaseFile}: another program holds the journal");
            }

            GenerationTable.NoteOpening(connection, JournalTables.Number(connection, "select coalesce(max(position), 0) from entry"));
            return new JournalSession(connection, keys, folder.DatabaseFile, options, time);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        Readers.Dispose();
        Writer.Dispose();
    }

    // The first generation has the GUID that was the journal's before there were generations.
    private static Guid Begin(SqliteConnection connection, TimeProvider time)
    {
        var generations = GenerationTable.Load(connection);
        if (generations.Length > 0)
        {
            return generations[^1].Guid;
        }

        using var command = JournalTables.Command(connection, "select guid from journal order by created desc limit 1");
        var guid = command.ExecuteScalar() is byte[] former ? new Guid(former, bigEndian: true) : Guid.NewGuid();
        return GenerationTable.Begin(connection, guid, 0, "the first", time.GetUtcNow()).Guid;
    }
}
