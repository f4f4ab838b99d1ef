using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Commands;

/// <summary>Asks the gateway that runs on this box, with the box's own token.</summary>
internal sealed class GatewayClient : IDisposable
{
    /// <summary>Trying a whole quarantine again takes a while.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly HttpClient _http;

    private GatewayClient(HttpClient http) => _http = http;

    /// <exception cref="GatewayRefusal">No gateway ever ran on this data folder, or its files are not ours to read.</exception>
    public static GatewayClient Of(EdgeConfiguration configuration)
    {
        try
        {
            var address = GatewayAddress.Find(configuration.Data) ?? throw NotRunning($"{configuration.Data} was never used by one");
            var token = SecretFile.ReadText(Path.Combine(configuration.Data, ApiToken.FileName));
            var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
            if (configuration.Api.Certificate is { } file)
            {
                // Its own certificate and no other: whatever name it carries, this is the box itself.
                var own = X509Certificate2.CreateFromPem(File.ReadAllText(file));
                handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
                handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null && shown.GetRawCertData().AsSpan().SequenceEqual(own.RawData);
            }

            var http = new HttpClient(handler) { BaseAddress = address, Timeout = Patience };
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
            return new GatewayClient(http);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new GatewayRefusal($"{e.Message} Run this as the gateway's own user: sudo -u iothealth iothealth-edge …");
        }
    }

    public Task<JsonNode> GetAsync(string path, CancellationToken cancellation) => SendAsync(HttpMethod.Get, path, null, cancellation);

    public Task<JsonNode> PostAsync(string path, JsonObject body, CancellationToken cancellation) => SendAsync(HttpMethod.Post, path, body, cancellation);

    /// <summary>What is wrong with it; empty when nothing is.</summary>
    public async Task<IReadOnlyList<string>> HealthAsync(CancellationToken cancellation)
    {
        using var answer = await AnswerAsync(HttpMethod.Get, "/health", null, cancellation);
        return Parsed(await answer.Content.ReadAsByteArrayAsync(cancellation))?["problems"]?.AsArray().Select(problem => (string?)problem ?? "").ToList() ?? [];
    }

    public async Task<string> TextAsync(string path, CancellationToken cancellation)
    {
        using var answer = await AnswerAsync(HttpMethod.Get, path, null, cancellation);
        return await answer.Content.ReadAsStringAsync(cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonNode> SendAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var answer = await AnswerAsync(method, path, body, cancellation);
        var content = await answer.Content.ReadAsByteArrayAsync(cancellation);
        return answer.IsSuccessStatusCode
            ? Parsed(content) ?? new JsonObject()
            : throw new GatewayRefusal(Reason(Parsed(content)) ?? $"the gateway answers {(int)answer.StatusCode} to {method} {path}");
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, JsonObject? body, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        try
        {
            return await _http.SendAsync(request, cancellation);
        }
        catch (HttpRequestException e)
        {
            throw NotRunning($"nothing answers at {_http.BaseAddress}: {e.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new GatewayRefusal($"the gateway at {_http.BaseAddress} does not answer within {Patience.TotalSeconds:0} s");
        }
    }

    private static string? Reason(JsonNode? answer) => answer is JsonObject problem ? (string?)problem["detail"] ?? (string?)problem["reason"] ?? (string?)problem["error"] : null;

    private static JsonNode? Parsed(byte[] content)
    {
        try
        {
            return content.Length == 0 ? null : JsonNode.Parse(content);
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static GatewayRefusal NotRunning(string why) =>
        new($"This needs the running gateway, and it is not running here ({why}). Start it: systemctl start iothealth-edge");
}
