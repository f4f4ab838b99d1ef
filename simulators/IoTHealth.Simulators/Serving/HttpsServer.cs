using System.Net;
using IoTHealth.Simulators.CommandLine;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace IoTHealth.Simulators.Serving;

/// <summary>Kestrel on 127.0.0.1 with TLS.</summary>
internal sealed class HttpsServer : IAsyncDisposable
{
    private const long LargestBodyBytes = 64 * 1024 * 1024;
    private readonly WebApplication _app;

    private HttpsServer(WebApplication app) => _app = app;

    public ILoggerFactory Logs => _app.Services.GetRequiredService<ILoggerFactory>();

    public static HttpsServer Create(HttpsEndpoint endpoint)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.AddStandardError();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = LargestBodyBytes;
            kestrel.Listen(IPAddress.Loopback, endpoint.Port, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
            {
                ServerCertificate = endpoint.Certificate.Leaf,
                ServerCertificateChain = endpoint.Certificate.Chain,
            }));
        });
        return new HttpsServer(builder.Build());
    }

    /// <summary>Hands every request at or below a path to a handler.</summary>
    public void Map(PathString path, RequestDelegate handle) => _app.Map(path, branch => branch.Run(handle));

    /// <summary>Serves until <paramref name="stop"/>; says <c>READY name=host:port</c> once it does.</summary>
    public async Task RunAsync(string name, TextWriter output, CancellationToken stop)
    {
        await _app.StartAsync(stop);
        await output.WriteLineAsync($"READY {name}={Address}");
        await output.FlushAsync(stop);
        await Task.Delay(Timeout.Infinite, stop).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        await _app.StopAsync(CancellationToken.None);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private string Address => new Uri(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()).Authority;
}
