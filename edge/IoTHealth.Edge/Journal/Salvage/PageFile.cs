using System.Buffers.Binary;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>The pages of a SQLite file and its write-ahead log, without trusting what they say of each other.</summary>
internal sealed class PageFile : IDisposable
{
    public const int PageSize = 4_096;

    private readonly FileStream _file;
    private readonly FileStream? _logFile;
    private readonly WriteAheadLog _log;

    public PageFile(string path, string logPath)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        _log = WriteAheadLog.Read(logPath, PageSize);
        _logFile = File.Exists(logPath) ? new FileStream(logPath, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete) : null;
        Count = (int)Math.Max((_file.Length + PageSize - 1) / PageSize, _log.Pages.Keys.Append(0).Max());
    }

    /// <summary>Number of the last page.</summary>
    public int Count { get; }

    /// <summary>The newest sound version of a page; null where it cannot be read.</summary>
    public byte[]? Page(int number) => number < 1 || number > Count ? null
        : _log.Pages.TryGetValue(number, out var offset) ? Read(_logFile!, offset) : Read(_file, (number - 1L) * PageSize);

    /// <summary>Every version of every page, but for those that are free.</summary>
    public IEnumerable<(int Number, byte[] Bytes)> All()
    {
        var free = Free();
        for (var number = 1; number <= Count; number++)
        {
            if (!free.Contains(number) && Page(number) is { } page)
            {
                yield return (number, page);
            }
        }

        foreach (var (number, offset) in _log.Doubtful)
        {
            if (Read(_logFile!, offset) is { } page)
            {
                yield return (number, page);
            }
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _logFile?.Dispose();
    }

    // Pages that hold what was deleted; as far as the chain can be followed.
    private HashSet<int> Free()
    {
        var free = new HashSet<int>();
        var trunk = Page(1) is { } first ? (int)BinaryPrimitives.ReadUInt32BigEndian(first.AsSpan(32)) : 0;
        while (trunk > 0 && free.Add(trunk) && Page(trunk) is { } page)
        {
            var count = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(4)), PageSize / 4 - 2);
            for (var i = 0; i < count; i++)
            {
                free.Add((int)BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(8 + 4 * i)));
            }

            trunk = (int)BinaryPrimitives.ReadUInt32BigEndian(page);
        }

        return free;
    }

    private static byte[]? Read(FileStream file, long offset)
    {
        try
        {
            var page = new byte[PageSize];
            file.Position = offset;
            return file.ReadAtLeast(page, PageSize, throwOnEndOfStream: false) == PageSize ? page : null;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
