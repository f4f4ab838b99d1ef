using IoTHealth.Links.Mqtt;

namespace IoTHealth.Cloud.Hub;

/// <summary>The way to one connected gateway. Topics under <c>$iothub/</c> are the same for all, so nothing is ever published.</summary>
public interface IHubLine
{
    /// <summary>Sends a message to one gateway; false when it is not connected.</summary>
    Task<bool> SendAsync(string gateway, string topic, ReadOnlyMemory<byte> payload);

    /// <summary>Cuts a gateway's connection; false when it is not connected.</summary>
    Task<bool> CutAsync(string gateway);
}

/// <summary>The line of the hub's server; nobody is connected before there is one.</summary>
public sealed class HubLine : IHubLine
{
    private volatile MqttIngressServer? _server;

    public void Open(MqttIngressServer server) => _server = server;

    public Task<bool> SendAsync(string gateway, string topic, ReadOnlyMemory<byte> payload) =>
        _server?.SendAsync(gateway, topic, payload) ?? Task.FromResult(false);

    public Task<bool> CutAsync(string gateway) => _server?.DisconnectAsync(gateway) ?? Task.FromResult(false);
}
