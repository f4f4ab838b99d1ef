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

    /// <summary>Connections of one address at once.</summary>
    public int MaximumConnectionsPerAddress { get; init; } = 100;

    /// <summary>Packets of one client a second; beyond that it is read more slowly.</summary>
    public int PacketsPerSecond { get; init; } = 1_000;

    /// <summary>Bytes of one client a second; beyond that it is read more slowly.</summary>
    public int BytesPerSecond { get; init; } = 2 * 1024 * 1024;

    /// <summary>How much a client may bring at once that was silent before: what its rate allows in this time.</summary>
    public TimeSpan Burst { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Subscriptions of one client.</summary>
    public int MaximumSubscriptions { get; init; } = 16;

    /// <summary>Bytes of a topic or topic filter.</summary>
    public int MaximumTopicBytes { get; init; } = 256;

    /// <summary>A client that does not read what it is sent is put out after this.</summary>
    public TimeSpan UnreadTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>A packet that was begun must be whole after this.</summary>
    public TimeSpan PacketTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A client without keep-alive that says nothing is put out after this. With one MQTT's own rule holds, 1.5 times as long.</summary>
    public TimeSpan SilenceMaximum { get; init; } = TimeSpan.FromHours(1);

    /// <summary>A publish that is not durable after this closes its connection instead of being acknowledged.</summary>
    public TimeSpan DurableTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time a client has for the TLS handshake, and again for its CONNECT.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);
}
