using MQTTnet;
using MQTTnet.Exceptions;
using MQTTnet.Formatter;
using MQTTnet.Protocol;

namespace IoTHealth.Simulators.Mqtt;

/// <summary>One device's connection: MQTT 3.1.1 over TLS, publishes at QoS 1. Once lost it stays lost; the next is another object.</summary>
internal sealed class DeviceConnection : IDisposable
{
    private static readonly MqttClientFactory Factory = new();
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(2);
    private readonly IMqttClient _client = Factory.CreateMqttClient();
    private readonly TimeSpan _acknowledgeWithin;

    private DeviceConnection(TimeSpan acknowledgeWithin) => _acknowledgeWithin = acknowledgeWithin;

    public static async Task<DeviceConnection> OpenAsync(Broker broker, DeviceCredential device, CancellationToken stop)
    {
        var connection = new DeviceConnection(broker.AcknowledgeWithin);
        try
        {
            var answer = await connection._client.ConnectAsync(Describe(broker, device), stop);
            return answer.ResultCode == MqttClientConnectResultCode.Success
                ? connection
                : throw new IOException($"the broker refused {device.Key}: {answer.ResultCode}");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Completes with the broker's PUBACK and throws when the connection dies first. Calls keep their order.</summary>
    public async Task PublishAsync(string topic, byte[] payload, CancellationToken stop)
    {
        var message = new MqttApplicationMessage { Topic = topic, PayloadSegment = payload, QualityOfServiceLevel = MqttQualityOfServiceLevel.AtLeastOnce };
        var answer = await _client.PublishAsync(message, stop).WaitAsync(_acknowledgeWithin, stop);
        if (!answer.IsSuccess)
        {
            throw new IOException($"the broker refused a publish to {topic}: {answer.ReasonCode}");
        }
    }

    /// <summary>Says goodbye; a dispose without it cuts the line as a broken cable would.</summary>
    public async Task CloseAsync()
    {
        try
        {
            using var patience = new CancellationTokenSource(Goodbye);
            await _client.DisconnectAsync(new MqttClientDisconnectOptions(), patience.Token);
        }
        catch (Exception gone) when (gone is MqttCommunicationException or MqttClientNotConnectedException or OperationCanceledException)
        {
            // The line is dead already, which is what was wanted.
        }
    }

    public void Dispose() => _client.Dispose();

    private static MqttClientOptions Describe(Broker broker, DeviceCredential device) => new MqttClientOptionsBuilder()
        .WithTcpServer(broker.Host, broker.Port)
        .WithProtocolVersion(MqttProtocolVersion.V311)
        .WithClientId(device.Key)
        .WithCredentials(device.Key, device.Password)
        .WithCleanSession()
        .WithKeepAlivePeriod(broker.KeepAlive)
        .WithTimeout(TimeSpan.FromSeconds(5))
        .WithTlsOptions(tls => tls
            .UseTls()
            .WithTargetHost(broker.Host)
            .WithCertificateValidationHandler(seen => broker.Authority.Trusts(seen.Certificate, seen.Chain, seen.SslPolicyErrors)))
        .Build();
}
