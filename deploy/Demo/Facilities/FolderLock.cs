using System.Globalization;

namespace IoTHealth.Demo.Facilities;

/// <summary>Keeps a folder for one demo at a time: a file locked for as long as the process lives, and beside it the process id.</summary>
internal sealed class FolderLock : IDisposable
{
    private const string LockName = "demo.lock";
    private const string ProcessName = "demo.pid";

    private readonly FileStream file;

    private FolderLock(FileStream file) => this.file = file;

    /// <summary>Whether a file in the folder is the lock's own.</summary>
    public static bool Owns(string name) => name is LockName or ProcessName;

    /// <exception cref="InvalidDataException">Another process holds it, or the folder cannot be written to; the message says which.</exception>
    public static FolderLock Take(string folder)
    {
        var file = Open(folder);
        File.WriteAllText(Path.Combine(folder, ProcessName), Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
        return new FolderLock(file);
    }

    public void Dispose() => file.Dispose();

    private static FileStream Open(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new InvalidDataException($"the folder {folder} cannot be written to: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new InvalidDataException($"the folder {folder} is in use by process {Holder(folder)}", error);
        }
    }

    private static string Holder(string folder)
    {
        var path = Path.Combine(folder, ProcessName);
        return File.Exists(path) ? File.ReadAllText(path) : "(unknown)";
    }
}
