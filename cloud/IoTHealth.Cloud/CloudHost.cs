using System.Net;
using IoTHealth.Cloud.Api;
using IoTHealth.Cloud.Feeds;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Ledger;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Cloud.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IoTHealth.Cloud;

/// <summary>The whole program: log, silo with the API, hub, feeds; started in this order and stopped in the reverse.</summary>
public sealed partial class CloudHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private bool _isDisposed;

    private CloudHost(WebApplication app) =>
        (_app, Loops) = (app, new BackgroundLoops(app.Lifetime.StopApplication, app.Services.GetRequiredService<ILogger<CloudHost>>()));

    public IPEndPoint Hub => _app.Services.GetRequiredService<HubService>().EndPoint;

    /// <summary>Where gateways fetch their configuration; null where that is not configured.</summary>
    public IPEndPoint? GatewayApi => _app.Services.GetRequiredService<GatewayEndpoint>().EndPoint;

    internal BackgroundLoops Loops { get; }

    public IPEndPoint Api { get; private set; } = new(IPAddress.None, 0);

    /// <summary>Starts everything; returns once the hub and the API serve.</summary>
    /// <exception cref="StartException">A file is missing, open to others, or of no use.</exception>
    public static async Task<CloudHost> StartAsync(CloudSettings settings, CancellationToken cancellation)
    {
        Directory.CreateDirectory(settings.Data);
        var token = SecretFile.ReadOrCreate(Path.Combine(settings.Data, "api.token"));
        var builder = HostBuilding.Slim();
        ConsoleLog.Configure(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(settings.Api.IpAddress, settings.Api.Port));
        builder.Services.AddCloud(settings);
        builder.UseOrleans(Silo.Configure);
        var host = new CloudHost(builder.Build());
        CloudApi.Map(host._app, token);
        await host.StartAsync(cancellation);
        return host;
    }

    /// <summary>Waits for SIGTERM, Ctrl-C or the end of a loop. Nothing is stopped yet: that is what disposing does, in its order.</summary>
    /// <exception cref="InvalidOperationException">A loop ended by itself; the message says which and why.</exception>
    public async Task WaitForShutdownAsync()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (_app.Lifetime.ApplicationStopping.Register(() => stopping.TrySetResult()))
        {
            await stopping.Task;
        }

        if (Loops.Failure is { } failure)
        {
            throw new InvalidOperationException(failure);
        }
    }

    /// <summary>What SIGTERM does.</summary>
    internal void RequestShutdown() => _app.Lifetime.StopApplication();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, true))
        {
            return;
        }

        await Loops.StopAsync();
        await _app.Services.GetRequiredService<HubService>().StopAsync(CancellationToken.None);
        await _app.Services.GetRequiredService<GatewayEndpoint>().StopAsync(CancellationToken.None);
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        Loops.Dispose();
    }

    private async Task StartAsync(CancellationToken cancellation)
    {
        await _app.StartAsync(cancellation);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Api = IPEndPoint.Parse(new Uri(address).Authority);
        await RewindAsync(cancellation);
        var watch = _app.Services.GetRequiredService<ResidentsWatch>();
        await watch.LoadAsync(cancellation);
        await _app.Services.GetRequiredService<HubService>().StartAsync(cancellation);
        await _app.Services.GetRequiredService<GatewayEndpoint>().StartAsync(cancellation);
        Loops.Start("the residents watch", watch.RunAsync);
        Loops.Start("the gateways watch", _app.Services.GetRequiredService<GatewaysWatch>().RunAsync);
        Loops.Start("the ledger", _app.Services.GetRequiredService<LedgerReader>().RunAsync);
        Loops.Start("asking again for what is missing", _app.Services.GetRequiredService<ResendLoop>().RunAsync);
        foreach (var reader in _app.Services.GetServices<FeedReader>())
        {
            Loops.Start($"the feed {reader.Name}", reader.RunAsync);
        }
    }

    private async Task RewindAsync(CancellationToken cancellation)
    {
        var heads = await _app.Services.GetRequiredService<IMeasurementLog>().HeadsAsync(cancellation);
        if (await _app.Services.GetRequiredService<ReaderRewind>().RunAsync(heads, cancellation) is > 0 and var count)
        {
            LogRewound(_app.Services.GetRequiredService<ILogger<CloudHost>>(), count);
        }
    }

    [LoggerMessage(LogLevel.Warning, "The log is an earlier copy than what its readers had read: {Count} shards are read again from where it ends")]
    private static partial void LogRewound(ILogger logger, int count);
}
