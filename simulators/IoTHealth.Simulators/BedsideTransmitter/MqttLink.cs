using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>MQTT: the bare message on <c>pacemaker/{key}/reports</c>; the broker's PUBACK is the answer.</summary>
internal sealed class MqttLink(Broker broker, DeviceCredential device, ILogger log) : IReportLink
{
    private readonly string _topic = $"pacemaker/{device.Key}/reports";
    private DeviceConnection? _connection;

    public async Task<Answer?> DeliverAsync(Report report, Action goingOut, CancellationToken stop)
    {
        try
        {
            _connection ??= await DeviceConnection.OpenAsync(broker, device, stop);
            goingOut();
            await _connection.PublishAsync(_topic, report.Message, stop);
            return Answer.Accepted;
        }
        catch (Exception broken) when (!stop.IsCancellationRequested)
        {
            log.Broken(broken.GetBaseException().Message);
            _connection?.Dispose();
            _connection = null;
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_connection is { } connection)
        {
            await connection.CloseAsync();
            connection.Dispose();
        }
    }
}
