using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Influx;

/// <summary>What InfluxDB made of a batch.</summary>
public abstract record WriteOutcome
{
    private WriteOutcome()
    {
    }

    public sealed record Written : WriteOutcome;

    /// <summary>Some of its lines were refused; the others may or may not be stored (1.x stores them).</summary>
    public sealed record Refused(int Status, string Reason) : WriteOutcome;
}

/// <summary>InfluxDB's HTTP line-protocol interface: <c>/write</c> (1.x) and <c>/api/v2/write</c> (2.x, 3.x), gzip.</summary>
public sealed class InfluxWriter(InfluxSettings settings) : IDisposable
{
    private const int DeletedAtOnce = 200;

    private readonly HttpClient _client = Connect(settings);
    private readonly Uri _write = WriteAddress(settings);

    /// <summary>Writes lines; the same lines again overwrite themselves.</summary>
    /// <exception cref="HttpRequestException">The server is down, busy or refuses us altogether: try again later.</exception>
    public async Task<WriteOutcome> WriteAsync(IReadOnlyList<string> lines, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _write) { Content = Compress(lines) };
        using var response = await _client.SendAsync(request, cancellation);
        if (response.IsSuccessStatusCode)
        {
            return new WriteOutcome.Written();
        }

        var reason = $"{(int)response.StatusCode}: {Reason(await response.Content.ReadAsStringAsync(cancellation))}";

        // 400 and 422 speak of the lines; anything else of the server or of our rights on it.
        return response.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity
            ? new WriteOutcome.Refused((int)response.StatusCode, reason)
            : throw new HttpRequestException($"InfluxDB answers {reason}");
    }

    /// <summary>Makes what the history needs where the server can be asked to (1.x); a bucket (2.x, 3.x) is made by its administrator.</summary>
    /// <exception cref="HttpRequestException">The server is down, or refuses.</exception>
    public Task PrepareAsync(CancellationToken cancellation) =>
        settings.Version == 1 ? new InfluxSchema(settings, this).PrepareAsync(cancellation) : Task.CompletedTask;

    /// <summary>Asks a 1.x in InfluxQL.</summary>
    /// <returns>The series of the answer to one statement, or to several one after the other; times are nanoseconds.</returns>
    /// <exception cref="HttpRequestException">The server is down, or refuses a statement; the message quotes neither statement nor values.</exception>
    public async Task<JsonArray> QueryAsync(string statements, CancellationToken cancellation)
    {
        using var query = new FormUrlEncodedContent([new("q", statements), new("epoch", "ns")]);
        using var response = await _client.PostAsync(new Uri(settings.Url, "query"), query, cancellation);
        var answer = await response.Content.ReadAsStringAsync(cancellation);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException($"InfluxDB answers {(int)response.StatusCode} to a question about '{settings.Database}': {Reason(answer)}");
        }

        var series = new JsonArray();
        foreach (var result in JsonNode.Parse(answer)?["results"] as JsonArray ?? [])
        {
            if ((string?)result?["error"] is { } error)
            {
                throw new HttpRequestException($"InfluxDB refuses a question about '{settings.Database}': {error}");
            }

            foreach (var one in result?["series"] as JsonArray ?? [])
            {
                series.Add(one?.DeepClone());
            }
        }

        return series;
    }

    /// <summary>Deletes points (1.x); 2.x and 3.x keep them beside the new ones, told apart by <c>id</c>.</summary>
    /// <exception cref="HttpRequestException">The server is down, or refuses.</exception>
    public async Task DeleteAsync(IReadOnlyList<StoredPoint> points, CancellationToken cancellation)
    {
        if (settings.Version != 1)
        {
            return;
        }

        foreach (var some in points.Chunk(DeletedAtOnce))
        {
            using var query = new FormUrlEncodedContent([
                new("db", settings.Database),
                new("q", string.Join(';', some.Select(point => string.Create(
                    CultureInfo.InvariantCulture,
                    $"DELETE FROM {InfluxSchema.Quoted(point.Kind)} WHERE device = {InfluxSchema.Text(point.Device)} AND gateway = {InfluxSchema.Text(point.Gateway)} AND time = {point.Nanoseconds}"))))]);
            using var response = await _client.PostAsync(new Uri(settings.Url, "query"), query, cancellation);
            var answer = await response.Content.ReadAsStringAsync(cancellation);
            if (!response.IsSuccessStatusCode || answer.Contains("\"error\"", StringComparison.Ordinal))
            {
                throw new HttpRequestException($"InfluxDB answers {(int)response.StatusCode} when asked to delete points of '{settings.Database}'");
            }
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpClient Connect(InfluxSettings settings)
    {
        var client = TrustedHttp.Client(settings.Ca, TimeSpan.FromSeconds(10));
        if (settings.CredentialFile is { } file)
        {
            var secret = SecretFile.ReadText(file);
            client.DefaultRequestHeaders.Authorization = settings.Version == 1
                ? new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)))
                : new AuthenticationHeaderValue("Token", secret);
        }

        return client;
    }

    private static Uri WriteAddress(InfluxSettings settings)
    {
        var database = Uri.EscapeDataString(settings.Database);
        return settings.Version == 1
            ? new Uri(settings.Url, $"write?db={database}&rp={InfluxSchema.Raw}&precision=ns")
            : new Uri(settings.Url, $"api/v2/write?bucket={database}&org={Uri.EscapeDataString(settings.Organisation ?? "")}&precision=ns");
    }

    private static ByteArrayContent Compress(IReadOnlyList<string> lines)
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        using (var text = new StreamWriter(gzip))
        {
            foreach (var line in lines)
            {
                text.Write(line);
                text.Write('\n');
            }
        }

        var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentEncoding.Add("gzip");
        content.Headers.ContentType = new MediaTypeHeaderValue("text/plain") { CharSet = "utf-8" };
        return content;
    }

    private static string Reason(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("error", out var error) ? error.GetString() ?? "" :
                document.RootElement.TryGetProperty("message", out var message) ? message.GetString() ?? "" : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return body.Length > 200 ? body[..200] : body;
        }
    }
}
