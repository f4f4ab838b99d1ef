using System.Net;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Cloud.Hub;

/// <summary>The hub's MQTT server over its ingress.</summary>
public sealed class HubService(CloudSettings settings, HubIngress ingress, HubLine line, TimeProvider time, ILogger<HubService> logger)
    : IAsyncDisposable
{
    /// <summary>Room for a telemetry message of the protocol's 262,143 bytes with its topic.</summary>
    private const int PacketMaximumBytes = 262_143 + 4096;

    private readonly MqttIngressServer _server = new(Options(settings.Hub), ingress, logger, time);

    public IPEndPoint EndPoint => _server.EndPoint;

    public Task StartAsync(CancellationToken cancellation)
    {
        line.Open(_server);
        return _server.StartAsync(cancellation);
    }

    public Task StopAsync(CancellationToken cancellation) => _server.StopAsync(cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private static MqttIngressOptions Options(HubSettings hub) => new()
    {
        Address = hub.IpAddress,
        Port = hub.Port,
        CertificateFile = hub.Certificate,
        KeyFile = hub.Key,
        MaximumPacketBytes = PacketMaximumBytes,
        MaximumInFlight = 64,
        AsksForCertificate = true,
    };
}
