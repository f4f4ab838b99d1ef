using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Documents;

namespace IoTHealth.Cloud.Hub;

/// <summary>
/// A gateway's configuration with the signature of an operator: <c>{"document":"…","signature":"…","key":"…"}</c>. Here it is only
/// checked for its form; whom to trust is for the gateway to judge.
/// </summary>
/// <param name="Body">The JSON as it is served.</param>
/// <param name="Version">Version that the document names.</param>
/// <param name="Sha256">SHA-256 of the document's bytes, hexadecimal.</param>
public sealed record SignedConfiguration(ReadOnlyMemory<byte> Body, string Version, string Sha256)
{
    /// <summary>Largest JSON, bytes.</summary>
    public const int BodyMaximumBytes = 4 * 1024 * 1024;

    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(SignedConfiguration).Assembly, "signed-configuration.schema.json");

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    /// <summary>Reads what an operator uploads.</summary>
    /// <param name="body">The JSON.</param>
    /// <param name="gateway">The gateway it is for.</param>
    /// <exception cref="DocumentException">It has another form, or its document names no version or another gateway.</exception>
    public static SignedConfiguration Read(ReadOnlyMemory<byte> body, string gateway)
    {
        var (document, signature, key) = Fields(body);
        if (signature.Length == 0 || key.Length != 2 * SHA256.HashSizeInBytes || !key.All(char.IsAsciiHexDigitLower))
        {
            throw new DocumentException("the signature is empty, or 'key' is not the SHA-256 of a public key in lower hexadecimal digits");
        }

        var (version, named) = Heading(document);
        return named == gateway
            ? new SignedConfiguration(body, version, Hash(document))
            : throw new DocumentException($"the document is for the gateway '{named}'");
    }

    /// <summary>Signs a document.</summary>
    /// <exception cref="DocumentException">It names no version or no gateway.</exception>
    public static SignedConfiguration Sign(byte[] document, ECDsa key)
    {
        var version = Heading(document).Version;
        var signature = key.SignData(document, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["document"] = Convert.ToBase64String(document),
            ["signature"] = Convert.ToBase64String(signature),
            ["key"] = Hash(key.ExportSubjectPublicKeyInfo()),
        });
        return body.Length <= BodyMaximumBytes
            ? new SignedConfiguration(body, version, Hash(document))
            : throw new DocumentException($"the document is too long: signed it may have {BodyMaximumBytes} bytes");
    }

    private static (byte[] Document, byte[] Signature, string Key) Fields(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var parsed = JsonDocument.Parse(body, Options);
            var fields = parsed.RootElement;
            return (fields.GetProperty("document").GetBytesFromBase64(), fields.GetProperty("signature").GetBytesFromBase64(), fields.GetProperty("key").GetString()!);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or KeyNotFoundException)
        {
            throw new DocumentException($"it is not {{\"document\":\"<base64>\",\"signature\":\"<base64>\",\"key\":\"<hex>\"}}: {e.Message}");
        }
    }

    private static (string Version, string Gateway) Heading(byte[] document)
    {
        string text;
        try
        {
            text = new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(document);
        }
        catch (DecoderFallbackException e)
        {
            throw new DocumentException($"the document is no UTF-8: {e.Message}");
        }

        var fields = Document.Parse<JsonObject>(text, "document", Schema);
        return ((string)fields["version"]!, (string)fields["gateway"]!);
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
