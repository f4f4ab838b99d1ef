using System.Security.Cryptography;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Journal;

/// <summary>The gateway's own key, 32 bytes in <c>box.key</c>. It only wraps data keys, so that rotating it re-wraps and no more.</summary>
public sealed class BoxKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private readonly byte[] _key;

    private BoxKey(byte[] key) => _key = key;

    /// <summary>Reads the key; makes one only where there is no journal yet.</summary>
    /// <exception cref="IOException">A journal is there without its key, or the key is damaged or readable by others.</exception>
    public static BoxKey Open(string folder, bool journalExists)
    {
        var path = Path.Combine(folder, "box.key");
        if (!File.Exists(path))
        {
            if (journalExists)
            {
                throw new IOException($"{path}: the key of the journal beside it is missing; restore it, or move the journal away to begin a new one");
            }

            SecretFile.Create(path, RandomNumberGenerator.GetBytes(KeyBytes));
        }

        SecretFile.CheckMode(path);
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? new BoxKey(key) : throw new IOException($"{path}: {KeyBytes} bytes are expected, {key.Length} are there");
    }

    /// <summary>Nonce, tag and ciphertext of a data key, bound to its journal.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> dataKey, Guid journal)
    {
        var wrapped = new byte[NonceBytes + TagBytes + dataKey.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_key, TagBytes);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceBytes), dataKey, wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes),
            journal.ToByteArray(bigEndian: true));
        return wrapped;
    }

    /// <exception cref="IOException">It was wrapped by another key or for another journal.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, Guid journal)
    {
        var dataKey = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(_key, TagBytes);
        try
        {
            aes.Decrypt(
                wrapped[..NonceBytes], wrapped[(NonceBytes + TagBytes)..], wrapped.Slice(NonceBytes, TagBytes), dataKey,
                journal.ToByteArray(bigEndian: true));
            return dataKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new IOException("box.key does not open this journal: it belongs to another one");
        }
    }
}
