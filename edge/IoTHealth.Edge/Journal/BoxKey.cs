using System.Security.Cryptography;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Journal;

/// <summary>The gateway's own key, 32 bytes in <c>box.key</c>. It only wraps data keys, so that rotating it re-wraps and no more.</summary>
public sealed class BoxKey
{
    private const int NonceBytes = 12;
    private const int TagBytes = 16;
    private const int KeyBytes = 32;

    private const string FileName = "box.key";
    private const string NextName = "box.key.next";

    private readonly string _folder;
    private readonly byte[] _key;
    private readonly byte[]? _next;

    private BoxKey(string folder, byte[] key, byte[]? next) => (_folder, _key, _next) = (folder, key, next);

    /// <summary>Whether a new key lies ready to take the place of this one. Until it has, both open.</summary>
    public bool IsRotating => _next is not null;

    /// <summary>Reads the key; makes one only where there is no journal yet.</summary>
    /// <exception cref="IOException">A journal is there without its key, or the key is damaged or readable by others.</exception>
    public static BoxKey Open(string folder, bool journalExists)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            if (journalExists)
            {
                throw new IOException($"{path}: the key of the journal beside it is missing; restore it, or move the journal away to begin a new one");
            }

            SecretFile.Create(path, RandomNumberGenerator.GetBytes(KeyBytes));
        }

        var next = Path.Combine(folder, NextName);
        return new BoxKey(folder, Read(path), File.Exists(next) ? Read(next) : null);
    }

    /// <summary>Lays a new key ready. The journal takes it when it is next opened: it wraps its data keys anew, and nothing else.</summary>
    /// <exception cref="IOException">There is no key yet, or it cannot be written.</exception>
    public static void BeginRotation(string folder)
    {
        Read(Path.Combine(folder, FileName));
        var next = Path.Combine(folder, NextName);
        if (!File.Exists(next))
        {
            SecretFile.Create(next, RandomNumberGenerator.GetBytes(KeyBytes));
            FolderSync.Flush(folder);
        }
    }

    /// <summary>Puts the new key in the place of the old one, once everything is wrapped by it.</summary>
    public void FinishRotation()
    {
        File.Move(Path.Combine(_folder, NextName), Path.Combine(_folder, FileName), overwrite: true);
        FolderSync.Flush(_folder);
    }

    /// <summary>Nonce, tag and ciphertext of a data key, bound to its journal.</summary>
    public byte[] Wrap(ReadOnlySpan<byte> dataKey, Guid journal)
    {
        var wrapped = new byte[NonceBytes + TagBytes + dataKey.Length];
        RandomNumberGenerator.Fill(wrapped.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(_next ?? _key, TagBytes);
        aes.Encrypt(
            wrapped.AsSpan(0, NonceBytes), dataKey, wrapped.AsSpan(NonceBytes + TagBytes), wrapped.AsSpan(NonceBytes, TagBytes),
            journal.ToByteArray(bigEndian: true));
        return wrapped;
    }

    /// <exception cref="IOException">It was wrapped by another key or for another journal.</exception>
    public byte[] Unwrap(ReadOnlySpan<byte> wrapped, Guid journal) =>
        (_next is null ? null : Unwrap(_next, wrapped, journal)) ?? Unwrap(_key, wrapped, journal)
        ?? throw new IOException("box.key does not open this journal: it belongs to another one");

    private static byte[]? Unwrap(byte[] key, ReadOnlySpan<byte> wrapped, Guid journal)
    {
        if (wrapped.Length <= NonceBytes + TagBytes)
        {
            return null;
        }

        var dataKey = new byte[wrapped.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        try
        {
            aes.Decrypt(
                wrapped[..NonceBytes], wrapped[(NonceBytes + TagBytes)..], wrapped.Slice(NonceBytes, TagBytes), dataKey,
                journal.ToByteArray(bigEndian: true));
            return dataKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static byte[] Read(string path)
    {
        SecretFile.CheckMode(path);
        var key = File.ReadAllBytes(path);
        return key.Length == KeyBytes ? key : throw new IOException($"{path}: {KeyBytes} bytes are expected, {key.Length} are there");
    }
}
