namespace IoTHealth.Edge.Configuration;

/// <summary>
/// The signed document in force, in <c>&lt;data&gt;/configuration.json</c>, and the one before it. Each is written whole or not at all;
/// mode 0600, for it holds password hashes.
/// </summary>
public sealed class ConfigurationStore(string folder)
{
    public string Path { get; } = System.IO.Path.Combine(folder, "configuration.json");

    public string PreviousPath { get; } = System.IO.Path.Combine(folder, "configuration.previous.json");

    /// <summary>The files there are, the newest first.</summary>
    public IEnumerable<string> Files => new[] { Path, PreviousPath }.Where(File.Exists);

    /// <summary>Puts a signed document in the place of the one in force, which is kept; durable on return.</summary>
    /// <exception cref="IOException">It could not be written; what was there is there still.</exception>
    public void Keep(ReadOnlySpan<byte> signed)
    {
        Directory.CreateDirectory(folder);
        if (File.Exists(Path))
        {
            Replace(PreviousPath, File.ReadAllBytes(Path));
        }

        Replace(Path, signed);
    }

    private static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var fresh = path + ".fresh";
        File.Delete(fresh);
        SecretFile.Create(fresh, content);
        File.Move(fresh, path, overwrite: true);
    }
}
