using System.Buffers.Binary;
using IoTHealth.Devices.Codecs.Ieee11073;

namespace IoTHealth.Devices.Codecs.Gatt;

/// <summary>
/// Reads the little-endian fields of a characteristic in order. Past the end it yields zeros and remembers that it is
/// short, so a decoder asks once, at its end, whether the length was right.
/// </summary>
internal ref struct GattReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    // What a field beyond the end reads as; no field is longer.
    private static ReadOnlySpan<byte> Zeros => [0, 0, 0, 0, 0, 0, 0, 0];

    /// <summary>True once a field lay beyond the end.</summary>
    public bool IsShort { get; private set; }

    public readonly int Left => _rest.Length;

    public byte U8() => Take(1)[0];

    public sbyte S8() => (sbyte)Take(1)[0];

    public ushort U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public short S16() => BinaryPrimitives.ReadInt16LittleEndian(Take(2));

    public uint U24()
    {
        var bytes = Take(3);
        return (uint)(bytes[0] | bytes[1] << 8 | bytes[2] << 16);
    }

    public uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public MedicalNumber Sfloat() => MedicalNumber.FromSfloatLittleEndian(Take(2));

    public MedicalNumber Float() => MedicalNumber.FromFloatLittleEndian(Take(4));

    public GattDateTime DateTime() => GattDateTime.Read(Take(GattDateTime.Length));

    public ReadOnlySpan<byte> Rest() => Take(_rest.Length);

    /// <summary>What is wrong with the length, or null: every byte must have been asked for, and every field there.</summary>
    public readonly string? LengthMistake()
    {
        if (IsShort)
        {
            return "shorter than its flags say";
        }

        return Left > 0 ? $"{Left} bytes longer than its flags say" : null;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (_rest.Length < count)
        {
            IsShort = true;
            _rest = [];
            return Zeros[..count];
        }

        var taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
