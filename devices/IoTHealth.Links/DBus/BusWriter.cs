using System.Buffers.Binary;
using System.Collections;
using System.Text;

namespace IoTHealth.Links.DBus;

/// <summary>Writes values as little-endian bytes. D-Bus Specification, "Marshaling".</summary>
internal sealed class BusWriter
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>Writes one value of each type of a signature.</summary>
    /// <exception cref="ArgumentException">The signature is none, or the values are not of its types.</exception>
    public void WriteAll(string signature, object[] values)
    {
        var types = TypeText.Split(signature) ?? throw new ArgumentException($"'{signature}' is no signature", nameof(signature));
        if (types.Count != values.Length)
        {
            throw new ArgumentException($"{values.Length} values for the signature '{signature}'", nameof(values));
        }

        foreach (var (type, value) in types.Zip(values))
        {
            Write(type, value);
        }
    }

    /// <summary>Writes one value of a valid single complete type.</summary>
    /// <exception cref="ArgumentException">The value is not of that type.</exception>
    public void Write(string type, object value)
    {
        Align(TypeText.AlignmentOf(type[0]));
        switch (type[0], value)
        {
            case ('y', byte number): Next(1)[0] = number; break;
            case ('b', bool flag): UInt32(flag ? 1u : 0u); break;
            case ('n', short number): BinaryPrimitives.WriteInt16LittleEndian(Next(2), number); break;
            case ('q', ushort number): BinaryPrimitives.WriteUInt16LittleEndian(Next(2), number); break;
            case ('i', int number): BinaryPrimitives.WriteInt32LittleEndian(Next(4), number); break;
            case ('u', uint number): UInt32(number); break;
            case ('x', long number): BinaryPrimitives.WriteInt64LittleEndian(Next(8), number); break;
            case ('t', ulong number): BinaryPrimitives.WriteUInt64LittleEndian(Next(8), number); break;
            case ('d', double number): BinaryPrimitives.WriteDoubleLittleEndian(Next(8), number); break;
            case ('s', string text): Text(text); break;
            case ('o', ObjectPath path) when ObjectPath.IsValid(path.Value): Text(path.Value); break;
            case ('g', Signature signature): SignatureValue(signature.Value); break;
            case ('v', Variant variant): Variant(variant.Signature, variant.Value); break;
            case ('v', _): Variant(VariantType.Of(value), value); break;
            case ('(', object[] members): Struct(type, members); break;
            case ('a', IDictionary entries) when type[1] == '{': Array('{', () => Entries(type[1..], entries)); break;
            case ('a', byte[] bytes) when type[1] == 'y': Array('y', () => bytes.CopyTo(Next(bytes.Length))); break;
            case ('a', IEnumerable items and not IDictionary and not string) when type[1] != '{': Array(type[1], () => Items(type[1..], items)); break;
            default: throw new ArgumentException($"a {value.GetType().Name} is no '{type}'", nameof(value));
        }
    }

    public void Byte(byte value) => Next(1)[0] = value;

    public void UInt32(uint value)
    {
        Align(4);
        BinaryPrimitives.WriteUInt32LittleEndian(Next(4), value);
    }

    public void Align(int multiple) => Next((multiple - (Length % multiple)) % multiple);

    private void Text(string text)
    {
        if (text.Contains('\0'))
        {
            throw new ArgumentException("a text with a NUL in it", nameof(text));
        }

        var bytes = Strict.GetBytes(text);
        UInt32((uint)bytes.Length);
        bytes.CopyTo(Next(bytes.Length));
        Byte(0);
    }

    private void SignatureValue(string text)
    {
        if (TypeText.Split(text) is null)
        {
            throw new ArgumentException($"'{text}' is no signature", nameof(text));
        }

        Byte((byte)text.Length);
        Encoding.ASCII.GetBytes(text).CopyTo(Next(text.Length));
        Byte(0);
    }

    private void Variant(string signature, object value)
    {
        if (!TypeText.IsSingle(signature))
        {
            throw new ArgumentException($"a variant of '{signature}', which is not one type", nameof(signature));
        }

        SignatureValue(signature);
        Write(signature, value);
    }

    private void Struct(string type, object[] members)
    {
        var types = TypeText.Members(type);
        if (types.Count != members.Length)
        {
            throw new ArgumentException($"{members.Length} values for the struct '{type}'", nameof(members));
        }

        foreach (var (memberType, member) in types.Zip(members))
        {
            Write(memberType, member);
        }
    }

    private void Array(char element, Action writeItems)
    {
        UInt32(0);
        var lengthAt = Length - 4;
        Align(TypeText.AlignmentOf(element));
        var first = Length;
        writeItems();
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(lengthAt), (uint)(Length - first));
    }

    private void Items(string type, IEnumerable items)
    {
        foreach (var item in items)
        {
            Write(type, item);
        }
    }

    private void Entries(string entryType, IDictionary entries)
    {
        var types = TypeText.Members(entryType);
        foreach (DictionaryEntry entry in entries)
        {
            Align(8);
            // Keys that are paths are strings in a dictionary that was read.
            Write(types[0], types[0] == "o" && entry.Key is string path ? new ObjectPath(path) : entry.Key);
            Write(types[1], entry.Value!);
        }
    }

    private Span<byte> Next(int count)
    {
        if (Length + count > _bytes.Length)
        {
            System.Array.Resize(ref _bytes, (Length + count) * 2);
        }

        var next = _bytes.AsSpan(Length, count);
        Length += count;
        return next;
    }
}
