using System.Net;
using IoTHealth.Edge.Configuration;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Edge.Broker;

/// <summary>The embedded broker as a service of the gateway.</summary>
public sealed class MqttBroker(EdgeConfiguration configuration, BrokerIngress ingress, ILogger<MqttBroker> logger, TimeProvider time)
    : IHostedService, IReconfigurable, IAsyncDisposable
{
    private readonly MqttIngressServer _server = new(
        MqttLimitSettings.Options(configuration.Mqtt),
        ingress,
        logger,
        time);

    public IPEndPoint EndPoint => _server.EndPoint;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        SecretFile.CheckMode(configuration.Mqtt.Key);
        return _server.StartAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    /// <summary>Cuts off who is no longer registered as what they were let in as; nobody else notices.</summary>
    public async Task ApplyAsync(EdgeConfiguration now)
    {
        foreach (var key in ingress.Outdated())
        {
            await _server.DisconnectAsync(key);
            ingress.Forget(key);
        }
    }

    /// <summary>Sends to the stations that listen.</summary>
    /// <returns>False when none does.</returns>
    public Task<bool> PublishAsync(string topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation) =>
        _server.PublishAsync(topic, payload, cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
