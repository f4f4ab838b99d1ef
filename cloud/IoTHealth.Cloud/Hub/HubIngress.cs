using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Security;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;
using Orleans.Runtime;

namespace IoTHealth.Cloud.Hub;

/// <summary>Sends a message to one connected gateway; false when it is gone.</summary>
public delegate Task<bool> HubReply(string gateway, string topic, ReadOnlyMemory<byte> payload);

/// <summary>
/// The front door: Azure IoT Hub's MQTT device protocol. A telemetry message is acknowledged once its shard has committed
/// it, or once it is in quarantine with its bytes.
/// </summary>
public sealed partial class HubIngress(
    HubDoor door, IGrainFactory grains, IMeasurementLog log, TwinStore twins, TimeProvider time, ILogger<HubIngress> logger)
    : IMqttIngress
{
    private const int AppendAttempts = 3;

    /// <summary>How answers go out; set once the server exists.</summary>
    public HubReply Reply { get; set; } = (_, _, _) => Task.FromResult(false);

    public ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation)
    {
        var refusal = door.Refusal(connect, out var admission);
        session.State = refusal is null ? admission : null;
        return ValueTask.FromResult(refusal is null ? MqttVerdict.Accepted : MqttVerdict.Refuse(refusal));
    }

    public MqttVerdict MaySubscribe(MqttSession session, string filter) =>
        filter is "$iothub/twin/res/#" or "$iothub/twin/PATCH/properties/desired/#" or "$iothub/methods/POST/#"
        || filter == $"devices/{session.ClientId}/messages/devicebound/#"
            ? MqttVerdict.Accepted
            : MqttVerdict.Refuse("a gateway may subscribe to its own twin, methods and messages only");

    public async ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation)
    {
        if (door.Expulsion(session.ClientId, session.State as Admission) is { } reason)
        {
            return MqttVerdict.Refuse(reason);
        }

        if (TelemetryTopic.TryParse(message.Topic, session.ClientId, out var topic))
        {
            return await TakeTelemetryAsync(session.ClientId, topic, message.Payload, cancellation);
        }

        return TwinTopic.TryParse(message.Topic, out var twin)
            ? await AnswerTwinAsync(session.ClientId, twin, message.Payload, cancellation)
            : MqttVerdict.Refuse("the topic is neither this gateway's telemetry nor a twin request");
    }

    private async Task<MqttVerdict> TakeTelemetryAsync(
        string gateway, TelemetryTopic topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (!TelemetryBody.TryDecode(topic, payload, out var batch, out var reason))
        {
            LogQuarantined(logger, gateway, payload.Length, reason);
            await log.QuarantineAsync(new RefusedMessage(gateway, reason, time.GetUtcNow(), payload), cancellation);
            return MqttVerdict.Accepted;
        }

        if (batch.Journal.Gateway != gateway)
        {
            return MqttVerdict.Refuse("the batch is of another gateway than the session");
        }

        await AppendAsync(batch);
        return MqttVerdict.Accepted;
    }

    /// <summary>A shard that was taken over or lost its silo reopens at the next call, so a few calls are worth it.</summary>
    private async Task AppendAsync(EntryBatch batch)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await grains.GetGrain<ILogShardGrain>(Shards.Of(batch.Journal.Gateway)).AppendAsync(batch);
                return;
            }
            catch (Exception e) when (attempt < AppendAttempts && e is FencedException or OrleansMessageRejectionException)
            {
                LogRetried(logger, batch.Journal.Gateway, e.Message);
            }
        }
    }

    private async Task<MqttVerdict> AnswerTwinAsync(
        string gateway, TwinTopic request, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (request.IsGet)
        {
            await Reply(gateway, request.Answer(200), await twins.ReadAsync(gateway, cancellation));
            return MqttVerdict.Accepted;
        }

        var version = await twins.MergeAsync(gateway, payload, cancellation);
        await Reply(gateway, request.Answer(version is null ? 400 : 204, version), ReadOnlyMemory<byte>.Empty);
        return MqttVerdict.Accepted;
    }

    [LoggerMessage(LogLevel.Warning, "Quarantined a message of {Gateway} ({Bytes} bytes): {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string gateway, int bytes, string reason);

    [LoggerMessage(LogLevel.Warning, "Appending for {Gateway} is tried again: {Reason}")]
    private static partial void LogRetried(ILogger logger, string gateway, string reason);
}
