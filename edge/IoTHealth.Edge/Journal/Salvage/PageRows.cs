using System.Buffers.Binary;
using System.Text;

namespace IoTHealth.Edge.Journal.Salvage;

/// <summary>A row as it stands in a page.</summary>
/// <param name="RowId">Its number; 0 in tables without.</param>
/// <param name="Values">long, double, string, byte[] or null.</param>
internal sealed record SalvagedRow(long RowId, IReadOnlyList<object?> Values);

/// <summary>
/// Reads rows out of pages of a SQLite file (sqlite.org/fileformat2.html, sections 1.6 and 2.1). Total: what makes no sense yields
/// no row, whatever the bytes are.
/// </summary>
internal sealed class PageRows(PageFile file)
{
    private const int TableInterior = 5;
    private const int TableLeaf = 13;
    private const int IndexInterior = 2;
    private const int IndexLeaf = 10;
    private const int ColumnsMaximum = 64;
    private const int DepthMaximum = 20;
    private const int PayloadMaximum = 64 << 20;

    /// <summary>The rows that stand in one page.</summary>
    public IEnumerable<SalvagedRow> Of(int number, byte[] page)
    {
        foreach (var (at, kind) in Cells(number, page))
        {
            if (kind != TableInterior && Row(page, at, kind) is { } row)
            {
                yield return row;
            }
        }
    }

    /// <summary>The rows of a tree, as far as its pages can be followed.</summary>
    public IEnumerable<SalvagedRow> Tree(int root) => Tree(root, 0, []);

    private IEnumerable<SalvagedRow> Tree(int number, int depth, HashSet<int> visited)
    {
        if (depth > DepthMaximum || !visited.Add(number) || file.Page(number) is not { } page)
        {
            yield break;
        }

        foreach (var row in Of(number, page))
        {
            yield return row;
        }

        foreach (var child in Children(number, page))
        {
            foreach (var row in Tree(child, depth + 1, visited))
            {
                yield return row;
            }
        }
    }

    private static List<int> Children(int number, byte[] page)
    {
        var header = HeaderAt(number);
        if (page[header] is not (TableInterior or IndexInterior))
        {
            return [];
        }

        List<int> children = [.. Cells(number, page).Select(cell => (int)BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(cell.At)))];
        children.Add((int)BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(header + 8)));
        return children;
    }

    private static int HeaderAt(int number) => number == 1 ? 100 : 0;

    private static IEnumerable<(int At, int Kind)> Cells(int number, byte[] page)
    {
        var header = HeaderAt(number);
        int kind = page[header];
        if (kind is not (TableInterior or TableLeaf or IndexInterior or IndexLeaf))
        {
            yield break;
        }

        var pointers = header + (kind is TableInterior or IndexInterior ? 12 : 8);
        var cells = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(header + 3));
        for (var i = 0; i < cells && pointers + 2 * i + 2 <= page.Length; i++)
        {
            var at = BinaryPrimitives.ReadUInt16BigEndian(page.AsSpan(pointers + 2 * i));
            if (at >= pointers && at <= page.Length - 4)
            {
                yield return (at, kind);
            }
        }
    }

    private SalvagedRow? Row(byte[] page, int at, int kind)
    {
        var reader = new Cursor(page, kind == IndexInterior ? at + 4 : at);
        var length = reader.Varint();
        var rowId = kind == TableLeaf ? reader.Varint() : 0;
        if (reader.IsBad || length is < 1 or > PayloadMaximum)
        {
            return null;
        }

        return Payload(page, reader.At, (int)length, kind) is { } payload && Values(payload) is { } values ? new SalvagedRow(rowId, values) : null;
    }

    private byte[]? Payload(byte[] page, int at, int length, int kind)
    {
        const int Usable = PageFile.PageSize;
        var most = kind == TableLeaf ? Usable - 35 : (Usable - 12) * 64 / 255 - 23;
        var least = (Usable - 12) * 32 / 255 - 23;
        var kept = least + (length - least) % (Usable - 4);
        var local = length <= most ? length : kept <= most ? kept : least;
        if (at + local + (local < length ? 4 : 0) > page.Length)
        {
            return null;
        }

        var payload = new byte[length];
        page.AsSpan(at, local).CopyTo(payload);
        return local == length || Overflow(payload, local, (int)BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(at + local))) ? payload : null;
    }

    private bool Overflow(byte[] payload, int filled, int next)
    {
        while (filled < payload.Length)
        {
            if (file.Page(next) is not { } page)
            {
                return false;
            }

            var part = Math.Min(payload.Length - filled, page.Length - 4);
            page.AsSpan(4, part).CopyTo(payload.AsSpan(filled));
            filled += part;
            next = (int)BinaryPrimitives.ReadUInt32BigEndian(page);
        }

        return true;
    }

    private static object?[]? Values(byte[] payload)
    {
        var header = new Cursor(payload, 0);
        var end = header.Varint();
        if (header.IsBad || end > payload.Length)
        {
            return null;
        }

        var kinds = new List<long>();
        while (header.At < end && kinds.Count < ColumnsMaximum && !header.IsBad)
        {
            kinds.Add(header.Varint());
        }

        var values = new object?[kinds.Count];
        var at = (int)end;
        for (var i = 0; i < values.Length && !header.IsBad; i++)
        {
            var length = LengthOf(kinds[i]);
            if (length < 0 || at + length > payload.Length)
            {
                return null;
            }

            values[i] = Value(kinds[i], payload.AsSpan(at, (int)length));
            at += (int)length;
        }

        return header.IsBad || at != payload.Length ? null : values;
    }

    private static long LengthOf(long kind) => kind switch
    {
        0 or 8 or 9 => 0,
        >= 1 and <= 4 => kind,
        5 => 6,
        6 or 7 => 8,
        >= 12 => (kind - 12) / 2,
        _ => -1,
    };

    private static object? Value(long kind, ReadOnlySpan<byte> bytes) => kind switch
    {
        0 => null,
        8 => 0L,
        9 => 1L,
        7 => BinaryPrimitives.ReadDoubleBigEndian(bytes),
        <= 6 => Integer(bytes),
        _ => kind % 2 == 0 ? bytes.ToArray() : Encoding.UTF8.GetString(bytes),
    };

    private static long Integer(ReadOnlySpan<byte> bytes)
    {
        long value = (sbyte)bytes[0];
        foreach (var next in bytes[1..])
        {
            value = (value << 8) | next;
        }

        return value;
    }

    private struct Cursor(byte[] bytes, int at)
    {
        public int At { get; private set; } = at;

        public bool IsBad { get; private set; }

        public long Varint()
        {
            long value = 0;
            for (var i = 0; i < 9; i++)
            {
                if (At >= bytes.Length)
                {
                    IsBad = true;
                    return 0;
                }

                var next = bytes[At++];
                if (i == 8)
                {
                    return (value << 8) | next;
                }

                value = (value << 7) | (uint)(next & 0x7f);
                if ((next & 0x80) == 0)
                {
                    return value;
                }
            }

            return value;
        }
    }
}
