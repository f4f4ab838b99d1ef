using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Measurements;

/// <summary>
/// Parts, each with its length before it, to be hashed in one go: a hash that is fed part by part costs several times as much.
/// </summary>
/// <param name="buffer">Where they are gathered while they fit.</param>
internal ref struct HashedParts(Span<byte> buffer)
{
    /// <summary>Bytes that nearly all of what is hashed has room in.</summary>
    public const int OnStack = 512;

    private const int LengthBytes = 4;

    private Span<byte> _buffer = buffer;
    private int _used;

    public void Add(ReadOnlySpan<byte> part) => part.CopyTo(Next(part.Length));

    public void Add(string part) => Encoding.UTF8.GetBytes(part, Next(Encoding.UTF8.GetByteCount(part)));

    /// <summary>The first 16 bytes of the SHA-256, big-endian.</summary>
    public readonly UInt128 Digest()
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_buffer[.._used], digest);
        return BinaryPrimitives.ReadUInt128BigEndian(digest);
    }

    private Span<byte> Next(int length)
    {
        var needed = _used + LengthBytes + length;
        if (needed > _buffer.Length)
        {
            Span<byte> larger = new byte[needed * 2];
            _buffer[.._used].CopyTo(larger);
            _buffer = larger;
        }

        BinaryPrimitives.WriteInt32BigEndian(_buffer[_used..], length);
        var part = _buffer.Slice(_used + LengthBytes, length);
        _used = needed;
        return part;
    }
}
