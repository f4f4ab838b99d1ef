using IoTHealth.Documents;
using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Configuration;

/// <summary>Fetches signed documents over HTTPS with what lets the gateway into the hub: a token, or its client certificate.</summary>
public sealed class HttpsDocuments(EdgeConfiguration box, TimeProvider time) : IDocumentSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(20);

    public async Task<byte[]> FetchAsync(string url, CancellationToken cancellation)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps)
        {
            throw new DocumentException($"'{url}' is not an https address");
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        HubPass? pass = null;
        try
        {
            pass = await PassAsync(limit.Token);
            using var client = TrustedHttp.Client(box.Configuration?.Ca ?? box.Uplink?.Ca, Timeout, pass?.Certificate);
            using var request = new HttpRequestMessage(HttpMethod.Get, address);
            if (pass?.Password is { } token)
            {
                request.Headers.TryAddWithoutValidation("Authorization", token);
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token);
            return response.IsSuccessStatusCode
                ? await ReadAsync(response, limit.Token)
                : throw new IOException($"{address.Authority} answers {(int)response.StatusCode}");
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException && !cancellation.IsCancellationRequested)
        {
            throw new IOException($"{address.Authority} could not be asked: {(e as HttpRequestException)?.InnerException?.Message ?? e.Message}", e);
        }
        finally
        {
            pass?.Certificate?.Dispose();
        }
    }

    // Read anew each time: keys and certificates may be replaced while the gateway runs.
    private async Task<HubPass?> PassAsync(CancellationToken limit)
    {
        if (box.Uplink is not { } uplink)
        {
            return null;
        }

        var credential = HubCredential.Of(box.Gateway, uplink, time);
        try
        {
            return await credential.PassAsync(limit);
        }
        catch (Exception e) when (e is not IOException and not OperationCanceledException)
        {
            throw new IOException($"what lets the gateway in cannot be had: {e.GetBaseException().Message}", e);
        }
        finally
        {
            (credential as IDisposable)?.Dispose();
        }
    }

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
