using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;

namespace IoTHealth.Edge.Tests.Configuration;

/// <summary>An HTTPS server that hands out one body and remembers what it was asked; it lets in without a client certificate where it asks for none.</summary>
internal sealed class DocumentServer : IAsyncDisposable
{
    private readonly WebApplication _server;

    public DocumentServer(string certificate, string key, ClientCertificateMode mode = ClientCertificateMode.NoCertificate)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = own, ClientCertificateMode = mode, ClientCertificateValidation = (_, _, _) => true,
        })));
        _server = builder.Build();
        _server.MapGet("/{**path}", async (HttpContext context) =>
        {
            Authorizations.Add(context.Request.Headers.Authorization.ToString());
            Certificates.Add(context.Connection.ClientCertificate?.SerialNumber);
            context.Response.StatusCode = Status;
            await context.Response.Body.WriteAsync(Body);
        });
    }

    public byte[] Body { get; set; } = [];

    public int Status { get; set; } = 200;

    public List<string> Authorizations { get; } = [];

    /// <summary>Serial number of the client certificate of each request; null for none.</summary>
    public List<string?> Certificates { get; } = [];

    public string Url => _server.Urls.First() + "/gateways/gw-01/configuration";

    public Task StartAsync() => _server.StartAsync();

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
