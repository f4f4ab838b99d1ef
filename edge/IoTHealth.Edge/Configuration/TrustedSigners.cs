using System.Security.Cryptography;
using IoTHealth.Documents;

namespace IoTHealth.Edge.Configuration;

/// <summary>The operators whose signature counts on this box.</summary>
public sealed class TrustedSigners
{
    private const int ShownDigits = 16;

    private readonly List<(string Id, byte[] PublicKey)> _keys;

    /// <exception cref="IOException">A key's file cannot be used; the message names it.</exception>
    public TrustedSigners(EnrolmentSettings settings) => _keys = [.. settings.Trust.Select(Read)];

    /// <exception cref="DocumentException">No trusted operator signed exactly these bytes.</exception>
    public void Check(SignedDocument signed, string name)
    {
        if (!_keys.Any(key => IsSignedBy(signed, key.PublicKey)))
        {
            var isKnown = _keys.Any(key => key.Id.Equals(signed.Key, StringComparison.OrdinalIgnoreCase));
            throw new DocumentException(isKnown
                ? $"{name}: the signature does not fit the document"
                : $"{name}: it was signed with a key that this box does not trust (it trusts {string.Join(", ", _keys.Select(key => key.Id[..ShownDigits]))}…)");
        }
    }

    private static bool IsSignedBy(SignedDocument signed, byte[] publicKey)
    {
        using var key = ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(publicKey, out _);
        return key.VerifyData(signed.Document, signed.Signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static (string Id, byte[] PublicKey) Read(string file)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            var info = key.KeySize == 256 ? key.ExportSubjectPublicKeyInfo() : throw new CryptographicException("the curve is not P-256");
            return (Convert.ToHexStringLower(SHA256.HashData(info)), info);
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new IOException($"configuration.trust: {file} is no public key (ECDSA P-256, PEM): {e.Message}");
        }
    }
}
