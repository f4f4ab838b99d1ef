namespace IoTHealth.Edge.Configuration;

/// <summary>Secrets lie in files that only their owner reads; anything else stops the start.</summary>
public static class SecretFile
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <exception cref="IOException">It is missing, empty or readable by others.</exception>
    public static string ReadText(string path)
    {
        CheckMode(path);
        var text = File.ReadAllText(path).Trim();
        return text.Length > 0 ? text : throw new IOException($"{path}: the file is empty");
    }

    /// <exception cref="IOException">It is missing, or readable by others.</exception>
    public static void CheckMode(string path)
    {
        if (!File.Exists(path))
        {
            throw new IOException($"{path}: the file is missing");
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            throw new IOException($"{path}: others than its owner can read it (chmod 600 {path})");
        }
    }

    /// <summary>Writes a new secret with mode 0600, whole or not at all.</summary>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var temporary = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var stream = new FileStream(temporary, options))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, path);
    }
}
