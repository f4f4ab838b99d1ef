using IoTHealth.Documents;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Configuration;

/// <summary>Fetches signed documents over HTTPS with the gateway's own credential.</summary>
public sealed class HttpsDocuments(EdgeConfiguration box, TimeProvider time) : IDocumentSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromMinutes(10);

    public async Task<byte[]> FetchAsync(string url, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
        {
            throw new DocumentException($"'{url}' is not an https address");
        }

        try
        {
            using var client = TrustedHttp.Client(box.Configuration?.Ca ?? box.Uplink?.Ca, Timeout);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (Token() is { } token)
            {
                request.Headers.TryAddWithoutValidation("Authorization", token);
            }

            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            limit.CancelAfter(Timeout);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, limit.Token)
                : throw new IOException($"{address.Authority} answers {(int)response.StatusCode}");
        }
        catch (FormatException)
        {
            throw new IOException($"{box.Uplink?.KeyFile}: the key is not Base64");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"{address.Authority} could not be asked: {(e as HttpRequestException)?.InnerException?.Message ?? e.Message}", e);
        }
    }

    private string? Token() => box.Uplink is { KeyFile: { } key } uplink
        ? SasToken.Create(uplink.HubHost, box.Gateway, Convert.FromBase64String(SecretFile.ReadText(key)), time.GetUtcNow() + TokenLifetime)
        : null;

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellation);
        var buffer = new MemoryStream();
        var part = new byte[64 * 1024];
        while (await body.ReadAsync(part, cancellation) is > 0 and var read)
        {
            buffer.Write(part, 0, read);
            if (buffer.Length > SignedDocument.BytesMaximum)
            {
                throw new DocumentException($"the document has more than {SignedDocument.BytesMaximum} bytes");
            }
        }

        return buffer.ToArray();
    }
}
