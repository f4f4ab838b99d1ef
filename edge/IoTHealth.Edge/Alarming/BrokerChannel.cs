using IoTHealth.Edge.Broker;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>Calls on the local broker, topic <c>alarms/{device key}</c>. Not delivered while no station listens.</summary>
public sealed class BrokerChannel(
    MqttBroker broker, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time, ILogger<BrokerChannel> logger)
    : CallChannel("mqtt", journal, desk, registry, time, logger)
{
    protected override async Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation)
    {
        if (!await broker.PublishAsync($"alarms/{deviceKey}", body, cancellation))
        {
            throw new IOException("no station listens");
        }
    }
}
