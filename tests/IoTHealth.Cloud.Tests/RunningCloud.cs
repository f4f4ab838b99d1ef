using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;

namespace IoTHealth.Cloud.Tests;

/// <summary>A cloud in this process, with its API at hand.</summary>
internal sealed class RunningCloud : IAsyncDisposable
{
    private readonly CloudFolder _folder;

    private RunningCloud(CloudFolder folder, CloudHost host, HttpClient api) => (_folder, Host, Api) = (folder, host, api);

    public CloudHost Host { get; }

    public HttpClient Api { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static async Task<RunningCloud> StartAsync(CloudFolder folder)
    {
        var host = await CloudHost.StartAsync(CloudSettings.Load(folder.Configuration), Stop);
        var api = new HttpClient { BaseAddress = new Uri($"http://{host.Api}") };
        api.DefaultRequestHeaders.Authorization =
            new AuthenticationHeaderValue("Bearer", await File.ReadAllTextAsync(folder.Folder.File("data/api.token"), Stop));
        return new RunningCloud(folder, host, api);
    }

    public Task<Gateway> ConnectAsync() => Gateway.ConnectAsync("gw-01", _folder.Key, Host.Hub, _folder.Certificates.AuthorityFile);

    public Task<Gateway> ConnectAsync(string id, X509Certificate2 certificate) =>
        Gateway.ConnectAsync(id, certificate, Host.Hub, _folder.Certificates.AuthorityFile);

    public async Task<JsonNode> GetAsync(string path) => (await Api.GetFromJsonAsync<JsonNode>(path, Stop))!;

    /// <summary>Received, missing and gone of the one journal.</summary>
    public async Task<(long? Received, long? Missing, long? Gone)> JournalAsync()
    {
        var journal = (await GetAsync("/status"))["gateways"]!.AsArray().SingleOrDefault();
        return ((long?)journal?["received"], (long?)journal?["missing"], (long?)journal?["gone"]);
    }

    public async ValueTask DisposeAsync()
    {
        Api.Dispose();
        await Host.DisposeAsync();
    }
}
