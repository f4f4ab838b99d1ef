namespace IoTHealth.Simulators.Mqtt;

/// <summary>Where devices connect, and how patient they are.</summary>
/// <param name="KeepAlive">After this silence the client asks whether the connection lives.</param>
/// <param name="AcknowledgeWithin">A publish without PUBACK for so long ends the connection; the publish is then repeated on the next.</param>
internal sealed record Broker(string Host, int Port, TrustedAuthority Authority, TimeSpan KeepAlive, TimeSpan AcknowledgeWithin);
