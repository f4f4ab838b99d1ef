using System.Buffers.Binary;
using System.Text;

namespace IoTHealth.Links.DBus;

/// <summary>
/// Reads values out of a message's bytes. D-Bus Specification, "Marshaling". Whatever the bytes are, it answers with a value or a
/// <see cref="BusFormatException"/>, and never takes more memory than a small multiple of what was received.
/// </summary>
/// <param name="bytes">From a position of the message that is a multiple of 8.</param>
/// <param name="at">Where to begin.</param>
/// <param name="bigEndian">The message's order of bytes.</param>
internal sealed class BusReader(ReadOnlyMemory<byte> bytes, int at, bool bigEndian)
{
    private const int MaximumDepth = 64;
    private const uint MaximumArrayBytes = 1 << 26;

    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private int _at = at;
    private int _end = bytes.Length;
    private int _depth;

    public bool IsAtEnd => _at == _end;

    /// <summary>Reads one value of a valid single complete type.</summary>
    /// <exception cref="BusFormatException">The bytes hold no such value.</exception>
    public object Read(string type)
    {
        if (++_depth > MaximumDepth)
        {
            throw new BusFormatException($"values nested more than {MaximumDepth} deep");
        }

        object value = type[0] switch
        {
            'y' => Byte(),
            'b' => Boolean(),
            'n' => Int16(),
            'q' => UInt16(),
            'i' => Int32(),
            // A file descriptor's index; descriptors themselves are not passed.
            'u' or 'h' => UInt32(),
            'x' => Int64(),
            't' => UInt64(),
            'd' => Double(),
            's' => String(),
            'o' => Path(),
            'g' => SignatureValue(),
            'v' => Variant(),
            '(' => Struct(type),
            'a' => Array(type),
            var other => throw new BusFormatException($"unknown type '{other}'"),
        };
        _depth--;
        return value;
    }

    private byte Byte() => Take(1)[0];

    private short Int16() => (short)UInt16();

    private int Int32() => (int)UInt32();

    private long Int64() => (long)UInt64();

    private double Double() => BitConverter.UInt64BitsToDouble(UInt64());

    private bool Boolean() => UInt32() switch
    {
        0 => false,
        1 => true,
        var other => throw new BusFormatException($"{other} as a boolean"),
    };

    private ushort UInt16()
    {
        Align(2);
        var two = Take(2);
        return bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(two) : BinaryPrimitives.ReadUInt16LittleEndian(two);
    }

    private uint UInt32()
    {
        Align(4);
        var four = Take(4);
        return bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(four) : BinaryPrimitives.ReadUInt32LittleEndian(four);
    }

    private ulong UInt64()
    {
        Align(8);
        var eight = Take(8);
        return bigEndian ? BinaryPrimitives.ReadUInt64BigEndian(eight) : BinaryPrimitives.ReadUInt64LittleEndian(eight);
    }

    private string String() => Text(UInt32());

    private ObjectPath Path()
    {
        var text = String();
        return ObjectPath.IsValid(text) ? new ObjectPath(text) : throw new BusFormatException("an object path that is none");
    }

    private Signature SignatureValue()
    {
        var text = Text(Byte());
        return TypeText.Split(text) is not null ? new Signature(text) : throw new BusFormatException("a signature that is none");
    }

    private object Variant()
    {
        var type = SignatureValue().Value;
        return TypeText.IsSingle(type) ? Read(type) : throw new BusFormatException("a variant of other than one type");
    }

    private object[] Struct(string type)
    {
        Align(8);
        return [.. TypeText.Members(type).Select(Read)];
    }

    private object Array(string type)
    {
        var length = UInt32();
        if (length > MaximumArrayBytes)
        {
            throw new BusFormatException($"an array of {length} bytes");
        }

        Align(TypeText.AlignmentOf(type[1]));
        if (length > _end - _at)
        {
            throw new BusFormatException("an array that is longer than its message");
        }

        var outer = _end;
        _end = _at + (int)length;
        object items = type[1] switch
        {
            'y' => Take((int)length).ToArray(),
            'b' => Items(Boolean),
            'n' => Items(Int16),
            'q' => Items(UInt16),
            'i' => Items(Int32),
            'u' or 'h' => Items(UInt32),
            'x' => Items(Int64),
            't' => Items(UInt64),
            'd' => Items(Double),
            's' => Items(String),
            'o' => Items(Path),
            'g' => Items(SignatureValue),
            '{' => Dictionary(type[1..]),
            _ => Items(() => Read(type[1..])),
        };
        _end = outer;
        return items;
    }

    private T[] Items<T>(Func<T> read)
    {
        var items = new List<T>();
        while (_at < _end)
        {
            items.Add(read());
        }

        return [.. items];
    }

    private object Dictionary(string entry)
    {
        var (keyType, valueType) = (TypeText.Members(entry)[0], TypeText.Members(entry)[1]);
        if (keyType is "s" or "o")
        {
            return Entries(() => Read(keyType).ToString()!, valueType);
        }

        return Entries(() => Read(keyType), valueType);
    }

    // Of equal keys the last one counts, as the specification leaves to the reader.
    private Dictionary<TKey, object> Entries<TKey>(Func<TKey> key, string valueType)
        where TKey : notnull
    {
        var entries = new Dictionary<TKey, object>();
        while (_at < _end)
        {
            Align(8);
            entries[key()] = Read(valueType);
        }

        return entries;
    }

    private string Text(uint length)
    {
        if (length >= _end - _at)
        {
            throw new BusFormatException("a text that is longer than its message");
        }

        var letters = Take((int)length);
        if (Byte() != 0 || letters.Contains((byte)0))
        {
            throw new BusFormatException("a text that does not end where it says");
        }

        try
        {
            return Strict.GetString(letters);
        }
        catch (DecoderFallbackException)
        {
            throw new BusFormatException("a text that is not UTF-8");
        }
    }

    private void Align(int multiple)
    {
        var aligned = (_at + multiple - 1) / multiple * multiple;
        if (aligned > _end)
        {
            throw Truncated();
        }

        _at = aligned;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _end - _at)
        {
            throw Truncated();
        }

        var taken = bytes.Span.Slice(_at, count);
        _at += count;
        return taken;
    }

    private static BusFormatException Truncated() => new("a value that goes beyond the end of its message or array");
}
