using System.Net;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>A server on a free port, with a certificate of its own authority.</summary>
internal sealed class IngressServer : IAsyncDisposable
{
    private static readonly Lazy<(TestFolder Folder, TestCertificates Certificates)> Files = new(() =>
    {
        var folder = new TestFolder("iothealth-links");
        var certificates = new TestCertificates(folder.Path, TimeProvider.System);
        certificates.Issue("server");
        return (folder, certificates);
    });

    private readonly MqttIngressServer _server;

    private IngressServer(MqttIngressServer server, ScriptedIngress ingress) => (_server, Ingress) = (server, ingress);

    public ScriptedIngress Ingress { get; }

    public IPEndPoint EndPoint => _server.EndPoint;

    public static X509Certificate2 Authority => X509CertificateLoader.LoadCertificateFromFile(Files.Value.Certificates.AuthorityFile);

    public static TestCertificates Certificates => Files.Value.Certificates;

    /// <summary>What a client trusts: our authority and nothing else.</summary>
    public static X509ChainPolicy Trust => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { Authority },
    };

    public static MqttIngressOptions Options => new()
    {
        Address = IPAddress.Loopback,
        Port = 0,
        CertificateFile = Files.Value.Folder.File("server.pem"),
        KeyFile = Files.Value.Folder.File("server.key"),
    };

    public static async Task<IngressServer> StartAsync(Func<MqttIngressOptions, MqttIngressOptions>? change = null, ScriptedIngress? ingress = null, ILogger? log = null)
    {
        ingress ??= new ScriptedIngress();
        var server = new MqttIngressServer(change?.Invoke(Options) ?? Options, ingress, log ?? NullLogger.Instance, TimeProvider.System);
        await server.StartAsync(CancellationToken.None);
        return new IngressServer(server, ingress);
    }

    public Task PublishAsync(string topic, byte[]? payload = null) => _server.PublishAsync(topic, payload ?? [1], CancellationToken.None);

    public Task<bool> SendAsync(string client, string topic) => _server.SendAsync(client, topic, new byte[] { 1 });

    public Task<bool> DisconnectAsync(string client) => _server.DisconnectAsync(client);

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(CancellationToken.None);
        await _server.DisposeAsync();
    }
}
