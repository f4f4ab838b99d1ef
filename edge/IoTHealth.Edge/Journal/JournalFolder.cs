namespace IoTHealth.Edge.Journal;

/// <summary>
/// The folder of a journal: readable by its owner alone, and used by one gateway at a time. The lock ends with the process,
/// however it ends.
/// </summary>
internal sealed class JournalFolder : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const int DamagedMaximum = 2;

    private static readonly string[] LogFirst = ["-wal", ""];
    private static readonly string[] Endings = ["", "-wal", "-shm", "-journal"];

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

    /// <summary>Whether a gateway has the folder at the moment.</summary>
    public static bool IsClaimed(string folder)
    {
        try
        {
            Lock(Path.Combine(folder, "journal.lock")).Dispose();
            return false;
        }
        catch (IOException)
        {
            return true;
        }
    }

    /// <summary>Makes the database file, so that SQLite's own files take its mode.</summary>
    public void CreateDatabase()
    {
        if (!File.Exists(DatabaseFile))
        {
            using var created = new FileStream(DatabaseFile, Options(FileMode.CreateNew, FileShare.ReadWrite));
        }
    }

    /// <summary>The file a salvage is filling; worth nothing.</summary>
    public string BuildingFile => DatabaseFile + ".building";

    /// <summary>The file a salvage has finished, not yet in its place.</summary>
    public string SalvagedFile => DatabaseFile + ".salvaged";

    /// <summary>Removes what an earlier salvage left that was cut short.</summary>
    public void DeleteBuilding()
    {
        foreach (var ending in Endings)
        {
            File.Delete(BuildingFile + ending);
        }

        using var created = new FileStream(BuildingFile, Options(FileMode.CreateNew, FileShare.ReadWrite));
    }

    /// <summary>Moves the damaged file out of the way, its log first; only the newest are kept.</summary>
    public void SetAside(string stamp)
    {
        var folder = Path.GetDirectoryName(DatabaseFile)!;
        File.Delete(DatabaseFile + "-shm");
        foreach (var ending in LogFirst.Where(ending => File.Exists(DatabaseFile + ending)))
        {
            File.Move(DatabaseFile + ending, Path.Combine(folder, $"journal.damaged-{stamp}.db{ending}"), overwrite: true);
        }

        foreach (var old in Directory.GetFiles(folder, "journal.damaged-*.db").Order(StringComparer.Ordinal).SkipLast(DamagedMaximum))
        {
            File.Delete(old);
            File.Delete(old + "-wal");
        }
    }

    /// <summary>Makes a file's content durable.</summary>
    public static void Flush(string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.ReadWrite);
        stream.Flush(flushToDisk: true);
    }

    /// <summary>Makes the names in the folder durable.</summary>
    public void FlushFolder() => FolderSync.Flush(Path.GetDirectoryName(DatabaseFile)!);

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
