namespace IoTHealth.Simulators.CommandLine;

/// <summary>Reading of files a caller names: what cannot be read is a usage error that says which file and why.</summary>
internal static class ReadableFile
{
    public static T Read<T>(string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{path}: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>The folder, made if it was not there.</summary>
    public static string Folder(DirectoryInfo folder) => Read(folder.FullName, path => Directory.CreateDirectory(path).FullName);
}
