using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>Signs documents as the contract says (docs/SEAMS.md), with nothing of the edge's.</summary>
internal sealed class Operator : IDisposable
{
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public string PublicKey => _key.ExportSubjectPublicKeyInfoPem();

    public byte[] Sign(byte[] document, byte[]? signed = null) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        document = Convert.ToBase64String(document),
        signature = Convert.ToBase64String(_key.SignData(signed ?? document, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)),
        key = Convert.ToHexStringLower(SHA256.HashData(_key.ExportSubjectPublicKeyInfo())),
    });

    /// <summary>What the twin then desires.</summary>
    public static JsonObject Desired(byte[] document, string version, string url) => new()
    {
        ["version"] = version,
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(document)),
        ["url"] = url,
    };

    public void Dispose() => _key.Dispose();
}
