using System.Net;
using IoTHealth.Cloud.Api;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Cloud.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IoTHealth.Cloud;

/// <summary>The whole program: silo, log, hub, feeds and API, started in this order and stopped in the reverse.</summary>
public sealed class CloudHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private Task _running = Task.CompletedTask;

    private CloudHost(WebApplication app) => _app = app;

    public IPEndPoint Hub => _app.Services.GetRequiredService<HubService>().EndPoint;

    public IPEndPoint Api { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts everything; returns once the hub and the API serve.</summary>
    /// <exception cref="StartException">A file is missing, open to others, or of no use.</exception>
    public static async Task<CloudHost> StartAsync(CloudSettings settings, CancellationToken cancellation)
    {
        Directory.CreateDirectory(settings.Data);
        var token = SecretFile.ReadOrCreate(Path.Combine(settings.Data, "api.token"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().AddSimpleConsole(console => console.SingleLine = true)
            .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace)
            .SetMinimumLevel(LogLevel.Warning).AddFilter("IoTHealth", LogLevel.Information).AddFilter("Orleans", LogLevel.Error);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings.Api.IpAddress, settings.Api.Port));
        builder.Services.AddCloud(settings);
        builder.UseOrleans(Silo.Configure);
        var host = new CloudHost(builder.Build());
        CloudApi.Map(host._app, token);
        await host.StartAsync(cancellation);
        return host;
    }

    /// <summary>Waits for SIGTERM or Ctrl-C.</summary>
    public Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.Services.GetRequiredService<HubService>().StopAsync(CancellationToken.None);
        await _stopping.CancelAsync();
        await _running;
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await _app.StartAsync(cancellation);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Api = IPEndPoint.Parse(new Uri(address).Authority);
        var watch = _app.Services.GetRequiredService<ResidentsWatch>();
        await watch.LookAsync(cancellation);
        await _app.Services.GetRequiredService<HubService>().StartAsync(cancellation);
        var readers = _app.Services.GetServices<FeedReader>().Select(reader => Task.Run(() => reader.RunAsync(_stopping.Token), cancellation));
        _running = Task.WhenAll([Task.Run(() => watch.RunAsync(_stopping.Token), cancellation), .. readers])
            .ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }
}
