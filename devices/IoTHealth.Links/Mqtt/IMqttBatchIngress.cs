namespace IoTHealth.Links.Mqtt;

/// <summary>An ingress that takes messages together which came together: one way to the disk for all of them.</summary>
public interface IMqttBatchIngress : IMqttIngress
{
    /// <summary>
    /// Takes messages of one topic, in the order in which they came; completes once all are durable. The verdict is over all of them,
    /// so it must not depend on what a message holds. Called like <see cref="IMqttIngress.ReceiveAsync"/>.
    /// </summary>
    ValueTask<MqttVerdict> ReceiveTogetherAsync(MqttSession session, IReadOnlyList<MqttMessage> messages, CancellationToken cancellation);
}
