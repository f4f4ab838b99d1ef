using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Lines;

/// <summary>A file of lines that only grows. A line is with the operating system, hence safe from our own death, when the call returns.</summary>
internal sealed class LineFile : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file;

    private LineFile(FileStream file) => _file = file;

    /// <summary>Opens for appending; a torn last line of a killed predecessor is cut off.</summary>
    public static LineFile Open(string path) => ReadableFile.Read(path, OpenWhole);

    /// <summary>Appends whole lines in one write.</summary>
    /// <returns>The offset at which they begin.</returns>
    public long Append(ReadOnlySpan<byte> lines)
    {
        lock (_gate)
        {
            var offset = _file.Position;
            _file.Write(lines);
            return offset;
        }
    }

    public byte[] Read(long offset, int length)
    {
        var bytes = new byte[length];
        for (int done = 0, read; done < length; done += read)
        {
            read = RandomAccess.Read(_file.SafeFileHandle, bytes.AsSpan(done), offset + done);
            ArgumentOutOfRangeException.ThrowIfZero(read, nameof(offset));
        }

        return bytes;
    }

    public void Dispose() => _file.Dispose();

    private static LineFile OpenWhole(string path)
    {
        // A buffer of nothing: every write goes to the operating system at once.
        var file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        file.SetLength(EndOfLastLine(file));
        file.Seek(0, SeekOrigin.End);
        return new LineFile(file);
    }

    private static long EndOfLastLine(FileStream file)
    {
        Span<byte> block = stackalloc byte[4096];
        for (var end = file.Length; end > 0; end -= Math.Min(end, block.Length))
        {
            var part = block[..(int)Math.Min(end, block.Length)];
            file.Position = end - part.Length;
            file.ReadExactly(part);
            if (part.LastIndexOf((byte)'\n') is var at and >= 0)
            {
                return end - part.Length + at + 1;
            }
        }

        return 0;
    }
}
