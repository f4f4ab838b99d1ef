using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Cloud.Hub;
using IoTHealth.Cloud.Security;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace IoTHealth.Cloud.Api;

/// <summary>
/// What gateways fetch over HTTPS: their configuration, and their next certificate. Apart from the operators' API, which
/// stays on the loopback address.
/// </summary>
public sealed partial class GatewayEndpoint(
    CloudSettings settings, HubDoor door, ConfigurationStore configurations, TimeProvider time, ILogger<GatewayEndpoint> logger,
    CertificateIssuer? issuer = null) : IAsyncDisposable
{
    private const int RequestMaximumBytes = 64 * 1024;
    private const int ConnectionsMaximum = 1_000;

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(5);

    private WebApplication? _app;

    /// <summary>Where it serves; null where it is not configured, or not started yet.</summary>
    public IPEndPoint? EndPoint { get; private set; }

    /// <summary>How gateways reach it.</summary>
    public Uri? Url => EndPoint is null ? null : new Uri($"https://{settings.GatewayApi!.Host ?? settings.Hub.HostName}:{EndPoint.Port}");

    /// <summary>Starts it, where it is configured.</summary>
    public async Task StartAsync(CancellationToken cancellation)
    {
        if (settings.GatewayApi is not { } api)
        {
            return;
        }

        var builder = HostBuilding.Slim();
        ConsoleLog.Configure(builder.Logging);
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = RequestMaximumBytes;
            kestrel.Limits.MaxConcurrentConnections = ConnectionsMaximum;
            kestrel.Listen(api.IpAddress, api.Port, listen => listen.UseHttps(Tls(api)));
        });
        _app = builder.Build();
        _app.MapGet("/gateways/{id}/configuration/{version}", ConfigurationAsync);
        _app.MapPost("/.well-known/est/simplereenroll", RenewAsync);
        await _app.StartAsync(cancellation);
        var address = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        EndPoint = IPEndPoint.Parse(new Uri(address).Authority);
        await configurations.MoveAsync(Url!, cancellation);
    }

    public async Task StopAsync(CancellationToken cancellation) => await (_app?.StopAsync(cancellation) ?? Task.CompletedTask);

    public async ValueTask DisposeAsync() => await (_app?.DisposeAsync() ?? ValueTask.CompletedTask);

    private static HttpsConnectionAdapterOptions Tls(GatewayApiSettings api)
    {
        using var pem = X509Certificate2.CreateFromPemFile(api.Certificate, api.Key);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(api.Certificate);
        return new HttpsConnectionAdapterOptions
        {
            ServerCertificate = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null),
            ServerCertificateChain = chain,
            SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            HandshakeTimeout = HandshakeTimeout,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,

            // Who it is, and whether an expired one may still renew itself, is judged by what is asked for.
            ClientCertificateValidation = (_, _, _) => true,
        };
    }

    private async Task<IResult> ConfigurationAsync(string id, string version, HttpContext context, CancellationToken cancellation)
    {
        if (door.Refusal(id, context.Request.Headers.Authorization.ToString(), context.Connection.ClientCertificate) is { } refusal)
        {
            LogRefused(logger, context.Connection.RemoteIpAddress, refusal);
            return Results.Unauthorized();
        }

        return await configurations.ReadAsync(id, version, cancellation) is { } body ? Results.Bytes(body, "application/json") : Results.NotFound();
    }

    private async Task<IResult> RenewAsync(HttpContext context, CancellationToken cancellation)
    {
        if (issuer is null)
        {
            return GatewayRoutes.Refused(404, "this cloud issues no certificates");
        }

        if (issuer.Refusal(context.Connection.ClientCertificate, out var gateway) is { } refusal)
        {
            LogRefused(logger, context.Connection.RemoteIpAddress, refusal);
            return GatewayRoutes.Refused(403, refusal);
        }

        try
        {
            var body = await BoundedBody.ReadAsync(context.Request, RequestMaximumBytes, cancellation);
            using var certificate = issuer.Issue(gateway, Convert.FromBase64String(Encoding.ASCII.GetString(body ?? [])));
            LogRenewed(logger, gateway, certificate.NotAfter.ToUniversalTime() - time.GetUtcNow().UtcDateTime);
            var answer = new X509Certificate2Collection(certificate).Export(X509ContentType.Pkcs7)!;
            context.Response.Headers["Content-Transfer-Encoding"] = "base64";
            return Results.Text(Convert.ToBase64String(answer), "application/pkcs7-mime; smime-type=certs-only");
        }
        catch (Exception e) when (e is FormatException or CryptographicException)
        {
            return GatewayRoutes.Refused(400, e.Message);
        }
    }

    [LoggerMessage(LogLevel.Warning, "Refused a gateway's request from {Address}: {Reason}")]
    private static partial void LogRefused(ILogger logger, IPAddress? address, string reason);

    [LoggerMessage(LogLevel.Information, "Renewed the certificate of {Gateway} for {Lifetime}")]
    private static partial void LogRenewed(ILogger logger, string gateway, TimeSpan lifetime);
}
