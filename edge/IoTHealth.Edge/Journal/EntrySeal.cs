using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Seals payloads with the journal's data key: AES-256-GCM, random nonce, associated data = journal GUID, position, key id
/// (NIST SP 800-38D). Sealed form: nonce (12), tag (16), ciphertext. Not thread-safe: one for each thread.
/// </summary>
public sealed class EntrySeal(byte[] dataKey, Guid journal, int keyId) : IDisposable
{
    /// <summary>Bytes a sealed payload is longer than the plain one.</summary>
    public const int OverheadBytes = NonceBytes + TagBytes;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;

    private readonly AesGcm _aes = new(dataKey, TagBytes);
    private readonly byte[] _associated = Associated(journal, keyId);

    public byte[] Seal(long position, ReadOnlySpan<byte> payload)
    {
        var sealedPayload = new byte[OverheadBytes + payload.Length];
        RandomNumberGenerator.Fill(sealedPayload.AsSpan(0, NonceBytes));
        _aes.Encrypt(
            sealedPayload.AsSpan(0, NonceBytes), payload, sealedPayload.AsSpan(OverheadBytes), sealedPayload.AsSpan(NonceBytes, TagBytes),
            At(position));
        return sealedPayload;
    }

    /// <exception cref="IOException">The bytes were changed, or belong to another position or journal.</exception>
    public byte[] Open(long position, ReadOnlySpan<byte> sealedPayload)
    {
        if (sealedPayload.Length < OverheadBytes)
        {
            throw new IOException($"the payload at position {position} is cut short");
        }

        var payload = new byte[sealedPayload.Length - OverheadBytes];
        try
        {
            _aes.Decrypt(
                sealedPayload[..NonceBytes], sealedPayload[OverheadBytes..], sealedPayload.Slice(NonceBytes, TagBytes), payload,
                At(position));
            return payload;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new IOException($"the payload at position {position} was changed or moved");
        }
    }

    public void Dispose() => _aes.Dispose();

    private ReadOnlySpan<byte> At(long position)
    {
        BinaryPrimitives.WriteInt64BigEndian(_associated.AsSpan(16), position);
        return _associated;
    }

    private static byte[] Associated(Guid journal, int keyId)
    {
        var associated = new byte[16 + 8 + 4];
        journal.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(associated.AsSpan(24), keyId);
        return associated;
    }
}
