namespace IoTHealth.Edge.Journal;

/// <summary>
/// The folder of a journal: readable by its owner alone, and used by one gateway at a time. The lock ends with the process,
/// however it ends.
/// </summary>
internal sealed class JournalFolder : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly FileStream _lock;

    private JournalFolder(FileStream exclusive, string path) => (_lock, DatabaseFile) = (exclusive, path);

    public string DatabaseFile { get; }

    /// <exception cref="IOException">Another gateway uses the folder.</exception>
    public static JournalFolder Claim(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, Owner | UnixFileMode.UserExecute);
        }

        return new JournalFolder(Lock(Path.Combine(folder, "journal.lock")), Path.Combine(folder, "journal.db"));
    }

    /// <summary>Makes the database file, so that SQLite's own files take its mode.</summary>
    public void CreateDatabase()
    {
        if (!File.Exists(DatabaseFile))
        {
            using var created = new FileStream(DatabaseFile, Options(FileMode.CreateNew, FileShare.ReadWrite));
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Lock(string path)
    {
        try
        {
            return new FileStream(path, Options(FileMode.OpenOrCreate, FileShare.None));
        }
        catch (IOException)
        {
            throw new IOException($"{path}: another gateway is running on this folder");
        }
    }

    private static FileStreamOptions Options(FileMode mode, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = share };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Owner;
        }

        return options;
    }
}
