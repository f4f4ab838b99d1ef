using System.Net;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Edge.Configuration;

/// <summary>What one MQTT client may cost (<c>mqtt.limits</c>); what is left out has its default.</summary>
/// <param name="Connections">Connections at once.</param>
/// <param name="ConnectionsPerAddress">Connections of one address at once.</param>
/// <param name="PacketsPerSecond">Packets of one client; beyond that it is read more slowly.</param>
/// <param name="BytesPerSecond">Bytes of one client; beyond that it is read more slowly.</param>
/// <param name="PacketBytes">Largest packet.</param>
/// <param name="Subscriptions">Subscriptions of one client.</param>
/// <param name="TopicBytes">Length of a topic or filter.</param>
/// <param name="ConnectSeconds">Time for the TLS handshake, and again for CONNECT.</param>
/// <param name="UnreadSeconds">A client that does not read what it is sent is put out after this.</param>
/// <param name="SilenceSeconds">A client without keep-alive that says nothing is put out after this.</param>
public sealed record MqttLimitSettings(
    int? Connections = null, int? ConnectionsPerAddress = null, int? PacketsPerSecond = null, int? BytesPerSecond = null, int? PacketBytes = null,
    int? Subscriptions = null, int? TopicBytes = null, int? ConnectSeconds = null, int? UnreadSeconds = null, int? SilenceSeconds = null)
{
    /// <summary>The broker's options with these limits.</summary>
    public static MqttIngressOptions Options(MqttSettings mqtt)
    {
        var defaults = new MqttIngressOptions
        {
            Address = IPAddress.Parse(mqtt.Address), Port = mqtt.Port, CertificateFile = mqtt.Certificate, KeyFile = mqtt.Key,
        };
        return mqtt.Limits is not { } limits ? defaults : defaults with
        {
            MaximumConnections = limits.Connections ?? defaults.MaximumConnections,
            MaximumConnectionsPerAddress = limits.ConnectionsPerAddress ?? defaults.MaximumConnectionsPerAddress,
            PacketsPerSecond = limits.PacketsPerSecond ?? defaults.PacketsPerSecond,
            BytesPerSecond = limits.BytesPerSecond ?? defaults.BytesPerSecond,
            MaximumPacketBytes = limits.PacketBytes ?? defaults.MaximumPacketBytes,
            MaximumSubscriptions = limits.Subscriptions ?? defaults.MaximumSubscriptions,
            MaximumTopicBytes = limits.TopicBytes ?? defaults.MaximumTopicBytes,
            ConnectTimeout = Seconds(limits.ConnectSeconds) ?? defaults.ConnectTimeout,
            UnreadTimeout = Seconds(limits.UnreadSeconds) ?? defaults.UnreadTimeout,
            SilenceMaximum = Seconds(limits.SilenceSeconds) ?? defaults.SilenceMaximum,
        };
    }

    private static TimeSpan? Seconds(int? seconds) => seconds is { } some ? TimeSpan.FromSeconds(some) : null;
}
