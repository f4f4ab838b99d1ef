using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.Tests.Support;

/// <summary>An HTTPS client that trusts one authority.</summary>
internal sealed class TrustingHttpClient(TestAuthority authority, string address) : IDisposable
{
    private readonly HttpClient _client = new(Handler(authority)) { BaseAddress = new Uri($"https://{address}/") };

    public async Task<(int Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? json = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (json is not null)
        {
            request.Content = new StringContent(json, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        var body = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, body.Length > 0 ? JsonDocument.Parse(body).RootElement : default);
    }

    public Task<(int Status, JsonElement Body)> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<(int Status, JsonElement Body)> PostAsync(string path, string json, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json, headers);

    public Task<(int Status, JsonElement Body)> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json);

    public void Dispose() => _client.Dispose();

    private static HttpClientHandler Handler(TestAuthority authority)
    {
        var trusted = TrustedAuthority.Read(authority.CaFile);
        return new HttpClientHandler { ServerCertificateCustomValidationCallback = (_, certificate, chain, errors) => trusted.Trusts(certificate, chain, errors) };
    }
}
