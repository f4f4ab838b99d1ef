using System.Globalization;

namespace IoTHealth.Testing.Faults;

/// <summary>Fills a file system to the last block, and gives the room back.</summary>
/// <param name="folder">A folder on it.</param>
public sealed class Filler(string folder)
{
    private const int ChunkBytes = 1024 * 1024;
    private const int BlockBytes = 4096;

    private readonly List<string> files = [];

    /// <summary>Takes all that is free now; again, when something was freed meanwhile.</summary>
    public void Fill()
    {
        var file = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"filler-{files.Count}"));
        files.Add(file);
        using var stream = new FileStream(file, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        Write(stream, new byte[ChunkBytes]);
        Write(stream, new byte[BlockBytes]);
    }

    public void Free()
    {
        files.ForEach(File.Delete);
        files.Clear();
    }

    private static void Write(FileStream stream, byte[] chunk)
    {
        try
        {
            while (true)
            {
                stream.Write(chunk);
                stream.Flush(flushToDisk: true);
            }
        }
        catch (IOException)
        {
            // Full for pieces of this size.
        }
    }
}
