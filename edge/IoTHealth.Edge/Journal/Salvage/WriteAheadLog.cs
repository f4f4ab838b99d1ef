using System.Buffers.Binary;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>
/// What lies in SQLite's write-ahead log, read without SQLite: it silently stops at the first frame whose checksum is wrong, and with it
/// forgets every commit after that frame. (File format: sqlite.org/fileformat2.html, section 4.)
/// </summary>
internal sealed class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint LittleEndian = 0x377f0682;
    private const uint BigEndian = 0x377f0683;

    private readonly Dictionary<int, long> _pages = [];
    private readonly List<(int Page, long Offset)> _doubtful = [];

    private WriteAheadLog()
    {
    }

    /// <summary>Where the newest sound version of each page begins.</summary>
    public IReadOnlyDictionary<int, long> Pages => _pages;

    /// <summary>Versions of pages whose checksum is wrong.</summary>
    public IReadOnlyList<(int Page, long Offset)> Doubtful => _doubtful;

    /// <summary>
    /// Commits that stand at or behind a frame that is wrong. One may be what a power cut tore before it was acknowledged; with two, at least
    /// the first was durable.
    /// </summary>
    public int CommitsBehindWrong { get; private set; }

    /// <summary>Reads a log; an absent or empty one has nothing in it.</summary>
    public static WriteAheadLog Read(string path, int pageSize)
    {
        var log = new WriteAheadLog();
        if (File.Exists(path))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            log.Read(file, pageSize);
        }

        return log;
    }

    private void Read(FileStream file, int pageSize)
    {
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return;
        }

        var magic = Word(header, 0);
        var isLittle = magic != BigEndian;
        var sum = Sum(isLittle, (0, 0), header.AsSpan(0, 24));
        var isSound = magic is LittleEndian or BigEndian && Word(header, 8) == pageSize && sum == Sums(header, 24);
        var salts = (Word(header, 16), Word(header, 20));
        sum = Sums(header, 24);
        var frame = new byte[FrameHeaderBytes + pageSize];
        var pending = new List<(int Page, long Offset, bool IsSound)>();
        var hasWrong = !isSound;
        for (long at = HeaderBytes; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; at += frame.Length)
        {
            if (!isSound && at == HeaderBytes)
            {
                // The header itself is wrong: what it would have said stands in the first frame.
                salts = (Word(frame, 8), Word(frame, 12));
            }

            if ((Word(frame, 8), Word(frame, 12)) != salts)
            {
                return;
            }

            var expected = Sum(isLittle, Sum(isLittle, sum, frame.AsSpan(0, 8)), frame.AsSpan(FrameHeaderBytes));
            sum = Sums(frame, 16);
            var isWhole = expected == sum || (!isSound && at == HeaderBytes);
            hasWrong |= !isWhole;
            pending.Add(((int)Word(frame, 0), at + FrameHeaderBytes, isWhole));
            if (Word(frame, 4) != 0)
            {
                Commit(pending);
                CommitsBehindWrong += hasWrong ? 1 : 0;
            }
        }
    }

    private void Commit(List<(int Page, long Offset, bool IsSound)> pending)
    {
        foreach (var (page, offset, isSound) in pending)
        {
            if (isSound)
            {
                _pages[page] = offset;
            }
            else
            {
                _doubtful.Add((page, offset));
            }
        }

        pending.Clear();
    }

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static (uint, uint) Sums(byte[] bytes, int at) => (Word(bytes, at), Word(bytes, at + 4));

    private static (uint, uint) Sum(bool isLittle, (uint First, uint Second) sum, ReadOnlySpan<byte> bytes)
    {
        var (first, second) = sum;
        for (var i = 0; i + 8 <= bytes.Length; i += 8)
        {
            unchecked
            {
                first += Half(isLittle, bytes[i..]) + second;
                second += Half(isLittle, bytes[(i + 4)..]) + first;
            }
        }

        return (first, second);
    }

    private static uint Half(bool isLittle, ReadOnlySpan<byte> bytes) =>
        isLittle ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
