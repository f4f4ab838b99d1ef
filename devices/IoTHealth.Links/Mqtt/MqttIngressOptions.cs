using System.Net;

namespace IoTHealth.Links.Mqtt;

/// <summary>Where an <see cref="MqttIngressServer"/> listens and how much it takes at once.</summary>
public sealed record MqttIngressOptions
{
    public required IPAddress Address { get; init; }

    /// <summary>TCP port; 0 lets the system choose.</summary>
    public required int Port { get; init; }

    /// <summary>PEM file of the server's certificate chain.</summary>
    public required string CertificateFile { get; init; }

    /// <summary>PEM file of its private key.</summary>
    public required string KeyFile { get; init; }

    /// <summary>Whether clients are asked for a certificate; one without may still connect, and the ingress judges.</summary>
    public bool AsksForCertificate { get; init; }

    /// <summary>Largest packet after the connection is admitted, bytes.</summary>
    public int MaximumPacketBytes { get; init; } = 256 * 1024;

    /// <summary>Largest packet before it is admitted, bytes.</summary>
    public int MaximumConnectBytes { get; init; } = 4 * 1024;

    /// <summary>Publishes of one connection that may wait for durability; more are left in the socket.</summary>
    public int MaximumInFlight { get; init; } = 256;

    /// <summary>Bytes of payload of one connection that may wait for durability; one publish always may.</summary>
    public int MaximumInFlightBytes { get; init; } = 1024 * 1024;

    /// <summary>Connections at once.</summary>
    public int MaximumConnections { get; init; } = 1_000;

    /// <summary>A publish that is not durable after this closes its connection instead of being acknowledged.</summary>
    public TimeSpan DurableTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time a client has for the TLS handshake, and again for its CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
