using System.Buffers.Binary;
using System.Security.Cryptography;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Seals payloads with one of the journal's data keys: AES-256-GCM, random nonce, associated data = journal GUID, position, key id
/// (NIST SP 800-38D), and, in the newer form, the rest of the row, so that a flipped bit in an id is found like one in the payload.
/// Sealed form: nonce (12), tag (16), ciphertext. Not thread-safe: one for each thread.
/// </summary>
public sealed class EntrySeal(byte[] dataKey, Guid journal, int keyId, int form = EntrySeal.Form) : IDisposable
{
    /// <summary>Bytes a sealed payload is longer than the plain one.</summary>
    public const int OverheadBytes = NonceBytes + TagBytes;

    /// <summary>The form of keys made today: the row is bound with its payload. 0 bound GUID, position and key id alone.</summary>
    public const int Form = 1;

    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int NoncesAtOnce = 128;
    private const int FormerBytes = 16 + 8 + 4;
    private const int BoundBytes = FormerBytes + SealedRow.Bytes;

    private readonly AesGcm _aes = new(dataKey, TagBytes);
    private readonly byte[] _associated = Associated(journal, keyId, form);
    private readonly byte[] _random = new byte[NoncesAtOnce * NonceBytes];

    private int _randomUsed = NoncesAtOnce * NonceBytes;

    /// <summary>Seals into an array of its own.</summary>
    /// <param name="position">Position of an entry; the negative number of what is in quarantine.</param>
    /// <param name="payload">What to seal.</param>
    /// <param name="row">What stands beside it in its row.</param>
    public byte[] Seal(long position, ReadOnlySpan<byte> payload, in SealedRow row = default)
    {
        var sealedPayload = new byte[OverheadBytes + payload.Length];
        TakeNonce(sealedPayload.AsSpan(0, NonceBytes));
        _aes.Encrypt(
            sealedPayload.AsSpan(0, NonceBytes), payload, sealedPayload.AsSpan(OverheadBytes), sealedPayload.AsSpan(NonceBytes, TagBytes),
            At(position, row));
        return sealedPayload;
    }

    /// <exception cref="DamagedPayloadException">The bytes were changed, or belong to another row, position or journal.</exception>
    public byte[] Open(long position, ReadOnlySpan<byte> sealedPayload, in SealedRow row = default)
    {
        if (sealedPayload.Length < OverheadBytes)
        {
            throw new DamagedPayloadException($"the payload at position {position} is cut short");
        }

        var payload = new byte[sealedPayload.Length - OverheadBytes];
        try
        {
            _aes.Decrypt(
                sealedPayload[..NonceBytes], sealedPayload[OverheadBytes..], sealedPayload.Slice(NonceBytes, TagBytes), payload,
                At(position, row));
            return payload;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new DamagedPayloadException($"the payload at position {position} was changed or moved");
        }
    }

    public void Dispose() => _aes.Dispose();

    // Randomness is asked of the system for many at once; each byte is used once.
    private void TakeNonce(Span<byte> nonce)
    {
        if (_randomUsed + NonceBytes > _random.Length)
        {
            RandomNumberGenerator.Fill(_random);
            _randomUsed = 0;
        }

        _random.AsSpan(_randomUsed, NonceBytes).CopyTo(nonce);
        _randomUsed += NonceBytes;
    }

    private ReadOnlySpan<byte> At(long position, in SealedRow row)
    {
        BinaryPrimitives.WriteInt64BigEndian(_associated.AsSpan(16), position);
        if (_associated.Length == BoundBytes)
        {
            row.Write(_associated.AsSpan(FormerBytes));
        }

        return _associated;
    }

    private static byte[] Associated(Guid journal, int keyId, int form)
    {
        var associated = new byte[form == 0 ? FormerBytes : BoundBytes];
        journal.TryWriteBytes(associated, bigEndian: true, out _);
        BinaryPrimitives.WriteInt32BigEndian(associated.AsSpan(24), keyId);
        return associated;
    }
}
