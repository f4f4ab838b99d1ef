using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.Demo.Watching;

/// <summary>A program's HTTP interface on 127.0.0.1, opened by the token that lies in its data folder.</summary>
public sealed class LocalApi(int port, string tokenFile) : IDisposable
{
    private readonly HttpClient http = new()
    {
        BaseAddress = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/")),
        Timeout = TimeSpan.FromSeconds(5),
    };

    public Uri Address => http.BaseAddress!;

    public async Task<T> GetAsync<T>(string path, CancellationToken cancel = default)
    {
        using var answer = await SendAsync(HttpMethod.Get, path, null, cancel);
        return (await answer.Content.ReadFromJsonAsync<T>(JsonSerializerOptions.Web, cancel))!;
    }

    public async Task PostAsync(string path, JsonNode body, CancellationToken cancel = default)
    {
        using var content = JsonContent.Create(body);
        using var answer = await SendAsync(HttpMethod.Post, path, content, cancel);
    }

    public void Dispose() => http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var token = (await File.ReadAllTextAsync(tokenFile, cancel)).Trim();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var answer = await http.SendAsync(request, cancel);
        return answer.EnsureSuccessStatusCode();
    }
}
