namespace IoTHealth.Cloud.Security;

/// <summary>Files that are closed to others from the moment they exist.</summary>
internal static class PrivateFile
{
    /// <summary>Opens a file for writing; a new one has mode 0600.</summary>
    public static FileStream Create(string path, FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.Write, Share = FileShare.ReadWrite };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new FileStream(path, options);
    }
}
