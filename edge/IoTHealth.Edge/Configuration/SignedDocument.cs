using System.Text.Json;
using IoTHealth.Documents;

namespace IoTHealth.Edge.Configuration;

/// <summary>A configuration document as an operator signed it (docs/SEAMS.md, "Cloud → edge").</summary>
/// <param name="Document">The document's bytes, which the signature is of.</param>
/// <param name="Signature">ECDSA P-256 with SHA-256, DER.</param>
/// <param name="Key">SHA-256 of the signer's public key, for messages only.</param>
public sealed record SignedDocument(byte[] Document, byte[] Signature, string Key)
{
    /// <summary>The whole of it, as it is fetched and kept.</summary>
    public const int BytesMaximum = 4 * 1024 * 1024;

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { MaxDepth = 4 };

    /// <exception cref="DocumentException">It is not in this form.</exception>
    public static SignedDocument Parse(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            return JsonSerializer.Deserialize<SignedDocument>(bytes, Options) is { Document.Length: > 0, Signature.Length: > 0 } signed
                ? signed with { Key = signed.Key ?? "" }
                : throw new DocumentException($"{name}: a signed document has 'document' and 'signature', each in Base64");
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            throw new DocumentException($"{name}: this is not a signed document: {e.Message}");
        }
    }
}
