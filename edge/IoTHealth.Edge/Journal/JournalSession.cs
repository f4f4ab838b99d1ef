using IoTHealth.Edge.Journal.Salvage;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>The journal's file while it is open. After an error of the disk it is closed and another takes its place.</summary>
internal sealed partial class JournalSession : IDisposable
{
    private readonly JournalOptions _options;

    private JournalSession(SqliteConnection connection, JournalKeys keys, string path, JournalOptions options, TimeProvider time)
    {
        _options = options;
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

    /// <summary>Opens the file; what is damaged is brought into a new one first.</summary>
    /// <param name="options">Bounds.</param>
    /// <param name="folder">Where it lies.</param>
    /// <param name="time">Clock.</param>
    /// <param name="readerTables">SQL that creates the readers' own tables.</param>
    /// <param name="isSuspect">Whether reading found damage: then the whole file is looked through, however long that takes.</param>
    /// <param name="isAgain">Whether this process had it open before: it knows itself which positions were given.</param>
    /// <exception cref="IOException">The box key is missing or not this journal's.</exception>
    /// <exception cref="SqliteException">The file cannot be opened.</exception>
    public static JournalSession Open(
        JournalOptions options, JournalFolder folder, TimeProvider time, IReadOnlyList<string> readerTables, bool isSuspect, bool isAgain)
    {
        JournalSalvage.Finish(folder, time);

        // Looking into the file makes SQLite take over its log, and forget what is wrong in it.
        var doubt = JournalHealth.Doubt(folder);
        if (JournalHealth.Damage(options, folder, time, isSuspect) is { } damage)
        {
            new JournalSalvage(folder, options, time, readerTables).Run(damage);
            doubt = null;
        }

        try
        {
            return Open(options, folder, time, readerTables, doubt, isAgain);
        }
        catch (SqliteException e) when (e.IsDamage())
        {
            new JournalSalvage(folder, options, time, readerTables).Run(e.Message);
            return Open(options, folder, time, readerTables, null, isAgain);
        }
    }

    /// <summary>Closes in order, and notes that.</summary>
    public void Close()
    {
        Readers.Dispose();
        Note(isClosed: true);
        Writer.Dispose();
    }

    /// <summary>Lets go after an error: what is durable is found out when the file is opened again.</summary>
    public void Dispose()
    {
        Readers.Dispose();
        Writer.Dispose();
    }

    private static JournalSession Open(
        JournalOptions options, JournalFolder folder, TimeProvider time, IReadOnlyList<string> readerTables, string? doubt, bool isAgain)
    {
        var boxKey = BoxKey.Open(options.Folder, File.Exists(folder.DatabaseFile));
        folder.CreateDatabase();
        var connection = JournalTables.Open(folder.DatabaseFile, write: true);
        try
        {
            JournalTables.Execute(connection, $"pragma wal_autocheckpoint={options.LogPages}");
            options.OnOpened?.Invoke(connection);
            JournalTables.Prepare(connection);
            foreach (var sql in readerTables)
            {
                JournalTables.Execute(connection, sql);
            }

            var guid = Begin(connection, time);
            var keys = JournalKeys.Open(connection, boxKey, guid);
            if (boxKey.IsRotating)
            {
                JournalKeys.Rewrap(connection, boxKey);
            }

            // What was sent since the connection was made would look like more than this file ever held.
            if (!isAgain)
            {
                GenerationTable.NoteOpening(connection, JournalRows.LastGiven(connection));
            }

            // After a failed fsync nobody knows what of the write-ahead log is on disk: copying all of it into the file proves it.
            if (JournalTables.Number(connection, "pragma wal_checkpoint(truncate)") != 0)
            {
                throw new IOException($"{folder.DatabaseFile}: another program holds the journal");
            }

            var session = new JournalSession(connection, keys, folder.DatabaseFile, options, time);
            if (doubt is not null)
            {
                LogDoubt(options.Log, session.Writer.Head, doubt);
                session.Writer.Transact(rows => rows.BeginAnew(rows.Head, doubt));
            }

            JournalNote.Of(connection, isClosed: false).Write(options.Folder);
            if (boxKey.IsRotating)
            {
                boxKey.FinishRotation();
            }

            return session;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    // What cannot be noted is found out at the next opening.
    private void Note(bool isClosed)
    {
        try
        {
            JournalNote.Of(Writer.Connection, isClosed).Write(_options.Folder);
        }
        catch (Exception e) when (e is IOException or SqliteException or UnauthorizedAccessException)
        {
            LogNotNoted(_options.Log, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Error, "Whether position {Head} was the last cannot be proven: {Doubt}. A new generation begins")]
    private static partial void LogDoubt(ILogger logger, long head, string doubt);

    [LoggerMessage(LogLevel.Warning, "What is noted beside the journal could not be written: {Reason}")]
    private static partial void LogNotNoted(ILogger logger, string reason);

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
