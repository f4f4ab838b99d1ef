using IoTHealth.Edge.Broker;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Alarming;

/// <summary>Calls on the local broker, topic <c>alarms/{device key}</c>, for whichever stations listen.</summary>
public sealed class BrokerChannel(
    MqttBroker broker, IJournal journal, AlarmDesk desk, DeviceRegistry registry, TimeProvider time, ILogger<BrokerChannel> logger)
    : CallChannel("mqtt", journal, desk, registry, time, logger)
{
    protected override Task DeliverAsync(Alarm alarm, string deviceKey, byte[] body, CancellationToken cancellation) =>
        broker.PublishAsync($"alarms/{deviceKey}", body, cancellation);
}
