using IoTHealth.Demo.Facilities;
using IoTHealth.Testing;

namespace IoTHealth.Demo;

/// <summary>The folder of a run: the one asked for, which stays, or a new one, which goes unless it is to be kept.</summary>
internal sealed class DemoFolder : IDisposable
{
    private readonly FolderLock folderLock;
    private readonly TestFolder? made;

    private DemoFolder(string path, FolderLock folderLock, TestFolder? made) => (Path, this.folderLock, this.made) = (path, folderLock, made);

    public string Path { get; }

    /// <summary>Takes the folder for this process alone.</summary>
    /// <exception cref="InvalidDataException">It cannot be used; nothing was written there.</exception>
    public static DemoFolder Take(DemoOptions options)
    {
        if (options.Folder is { } asked)
        {
            FolderCheck.Check(asked.FullName, options.Replay is null ? options.Robots : null);
            return new DemoFolder(asked.FullName, FolderLock.Take(asked.FullName), null);
        }

        var made = new TestFolder("iothealth-demo");
        return new DemoFolder(made.Path, FolderLock.Take(made.Path), options.Keep ? null : made);
    }

    public void Dispose()
    {
        folderLock.Dispose();
        made?.Dispose();
        Console.WriteLine(made is null ? $"kept: {Path}" : $"removed: {Path} (use --keep)");
    }
}
