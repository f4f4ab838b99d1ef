using System.Net.Http.Json;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// The identity of an Azure IoT Edge module: the workload API on its Unix socket signs the tokens and knows the authorities of
/// edgeHub. No secret lies here.
/// </summary>
internal sealed class WorkloadCredential : IHubCredential, IDisposable
{
    private const string Version = "api-version=2019-01-30";

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(10);

    private readonly string _hubHost;
    private readonly WorkloadSettings _workload;
    private readonly string? _ca;
    private readonly TimeProvider _time;
    private readonly HttpClient _api;

    /// <exception cref="IOException">The environment does not say what the module is.</exception>
    public WorkloadCredential(UplinkSettings settings, TimeProvider time)
    {
        (_hubHost, _ca, _time) = (settings.HubHost, settings.Ca, time);
        _workload = settings.Workload!.Completed();
        Identity = HubIdentity.Module(settings.HubHost, _workload.Device!, _workload.Module!);
        _api = Client(new Uri(_workload.Uri!));
    }

    public HubIdentity Identity { get; }

    public async Task<HubPass> PassAsync(CancellationToken cancellation)
    {
        var resource = Uri.EscapeDataString($"{_hubHost}/devices/{_workload.Device}/modules/{_workload.Module}");
        var token = await SasToken.CreateAsync(resource, text => SignAsync(text, cancellation), _time.GetUtcNow() + TokenLife.Whole);
        return new HubPass(token, null, _ca is null ? await TrustAsync(cancellation) : TrustedHttp.Policy(_ca).CustomTrustStore);
    }

    public Task RenewalAsync(HubPass pass, CancellationToken cancellation) => TokenLife.RenewalAsync(_time, cancellation);

    public void Dispose() => _api.Dispose();

    private async Task<string> SignAsync(string text, CancellationToken cancellation)
    {
        var path = $"modules/{Uri.EscapeDataString(_workload.Module!)}/genid/{Uri.EscapeDataString(_workload.Generation!)}/sign?{Version}";
        var request = new { keyId = "primary", algo = "HMACSHA256", data = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) };
        using var answer = await _api.PostAsJsonAsync(path, request, cancellation);
        return await FieldAsync(answer, "digest", cancellation);
    }

    private async Task<X509Certificate2Collection> TrustAsync(CancellationToken cancellation)
    {
        using var answer = await _api.GetAsync($"trust-bundle?{Version}", cancellation);
        var trust = new X509Certificate2Collection();
        trust.ImportFromPem(await FieldAsync(answer, "certificate", cancellation));
        return trust.Count > 0 ? trust : throw new IOException("the workload API's trust bundle holds no certificate");
    }

    private static async Task<string> FieldAsync(HttpResponseMessage answer, string field, CancellationToken cancellation)
    {
        if (!answer.IsSuccessStatusCode)
        {
            throw new IOException($"the workload API answers {(int)answer.StatusCode}");
        }

        var json = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellation);
        return json.ValueKind == JsonValueKind.Object && json.TryGetProperty(field, out var value) && value.GetString() is { Length: > 0 } text
            ? text
            : throw new IOException($"the workload API's answer has no '{field}'");
    }

    // unix:///run/… or http://host:port
    private static HttpClient Client(Uri uri)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ConnectTimeout = AnswerTimeout };
        if (uri.Scheme == "unix")
        {
            handler.ConnectCallback = async (_, cancellation) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(uri.AbsolutePath), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            };
        }

        var address = uri.Scheme == "unix" ? new Uri("http://workload/") : new Uri(uri.AbsoluteUri.TrimEnd('/') + "/");
        return new HttpClient(handler) { BaseAddress = address, Timeout = AnswerTimeout };
    }
}
