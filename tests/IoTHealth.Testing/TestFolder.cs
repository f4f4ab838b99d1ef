namespace IoTHealth.Testing;

/// <summary>A folder of one's own (mode 0700) under the temp directory, removed on dispose.</summary>
public sealed class TestFolder : IDisposable
{
    public TestFolder(string name = "iothealth") =>
        Path = Directory.CreateTempSubdirectory(name + "-").FullName;

    public string Path { get; }

    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
