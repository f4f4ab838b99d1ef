using System.Buffers.Binary;

namespace IoTHealth.Measurements;

/// <summary>
/// 128-bit identity of a log entry: the first 16 bytes of a SHA-256 over length-prefixed parts. The same reading read by
/// two gateways, or twice by one, has the same id; gateway values, framing and decoded values never enter it.
/// </summary>
public readonly record struct MeasurementId
{
    public const int Length = 16;

    private readonly UInt128 _value;

    private MeasurementId(UInt128 value) => _value = value;

    /// <summary>
    /// Derives the id of a measurement.
    /// </summary>
    /// <param name="device">Global device id.</param>
    /// <param name="kind">Catalogue code of the act of measuring.</param>
    /// <param name="stable">The record's stable raw bytes as its decoder declares them.</param>
    /// <param name="occurrence">Number from 0 among equal records of one upload.</param>
    public static MeasurementId Of(DeviceId device, string kind, ReadOnlySpan<byte> stable, int occurrence)
    {
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, occurrence);
        var parts = new HashedParts(stackalloc byte[HashedParts.OnStack]);
        parts.Add("measurement"u8);
        parts.Add(device.Key);
        parts.Add(kind);
        parts.Add(stable);
        parts.Add(number);
        return new MeasurementId(parts.Digest());
    }

    /// <summary>Derives the id of an entry that is not a measurement from its deciding parts, for example rule, device and trigger.</summary>
    public static MeasurementId Of(string family, params ReadOnlySpan<string> parts)
    {
        var hashed = new HashedParts(stackalloc byte[HashedParts.OnStack]);
        hashed.Add(family);
        foreach (var part in parts)
        {
            hashed.Add(part);
        }

        return new MeasurementId(hashed.Digest());
    }

    /// <summary>Reads 16 big-endian bytes.</summary>
    /// <exception cref="ArgumentException">The span is not 16 bytes long.</exception>
    public static MeasurementId FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length
            ? new MeasurementId(BinaryPrimitives.ReadUInt128BigEndian(bytes))
            : throw new ArgumentException($"An id has {Length} bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>Reads 32 hexadecimal digits; false when the text is anything else.</summary>
    public static bool TryParse(string? text, out MeasurementId id)
    {
        id = default;
        if (text is null || text.Length != Length * 2 ||
            !UInt128.TryParse(text, System.Globalization.NumberStyles.AllowHexSpecifier, null, out var value))
        {
            return false;
        }

        id = new MeasurementId(value);
        return true;
    }

    public byte[] ToBytes()
    {
        var bytes = new byte[Length];
        Write(bytes);
        return bytes;
    }

    /// <summary>32 lower-case hexadecimal digits.</summary>
    public override string ToString() => _value.ToString("x32", null);

    /// <summary>Writes 16 big-endian bytes.</summary>
    /// <exception cref="ArgumentException">The span is shorter.</exception>
    public void Write(Span<byte> to) => BinaryPrimitives.WriteUInt128BigEndian(to, _value);
}
