using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Links.Mqtt;

/// <summary>A CONNECT as the client sent it.</summary>
/// <param name="ClientId">Client identifier.</param>
/// <param name="UserName">User name, or null.</param>
/// <param name="Password">Password bytes; empty where none was sent.</param>
/// <param name="Endpoint">Remote address, for the log.</param>
public sealed record MqttConnect(string ClientId, string? UserName, ReadOnlyMemory<byte> Password, string Endpoint)
{
    /// <summary>
    /// The certificate whose key the client proved to have in the TLS handshake; null where none was asked for or sent. Nothing
    /// else of it was checked: who issued it and whether it is valid is for the ingress to judge.
    /// </summary>
    public X509Certificate2? Certificate { get; init; }
}

/// <summary>A PUBLISH as it arrived. The payload is the receiver's own copy.</summary>
public sealed record MqttMessage(string Topic, ReadOnlyMemory<byte> Payload, int QualityOfService, bool Retain, bool Duplicate);

/// <summary>One admitted connection; lives as long as the connection.</summary>
public sealed class MqttSession(string clientId, string? userName, string endpoint)
{
    public string ClientId { get; } = clientId;

    public string? UserName { get; } = userName;

    public string Endpoint { get; } = endpoint;

    /// <summary>Whatever the ingress keeps for the connection, set when it admits it.</summary>
    public object? State { get; set; }
}

/// <summary>What becomes of a connect, subscribe or publish.</summary>
public abstract record MqttVerdict
{
    public static readonly MqttVerdict Accepted = new Accept();

    private MqttVerdict()
    {
    }

    public static MqttVerdict Refuse(string reason) => new Refused(reason);

    public sealed record Accept : MqttVerdict;

    /// <summary>Not taken: a connect gets a refusing CONNACK, a subscribe a failing SUBACK, a publish closes the connection.</summary>
    public sealed record Refused(string Reason) : MqttVerdict;
}

/// <summary>What stands behind an <see cref="MqttIngressServer"/>: who may come in, and where messages go.</summary>
public interface IMqttIngress
{
    /// <summary>Admits or refuses a connection. The reason of a refusal goes to the log, never to the client.</summary>
    ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation);

    /// <summary>Whether the session may subscribe to the filter.</summary>
    MqttVerdict MaySubscribe(MqttSession session, string filter);

    /// <summary>
    /// Takes a message; completes once it is durable, and only then is it acknowledged. Called in the order of arrival
    /// on a connection, without waiting for earlier ones: take the message's place in the order before the first await.
    /// </summary>
    ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation);
}
