using IoTHealth.Cloud.Log;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;
using Orleans.Runtime;

namespace IoTHealth.Cloud.Hub;

/// <summary>Takes telemetry: accepted once its shard has committed it, or once it is in quarantine with its bytes.</summary>
public sealed partial class TelemetryIntake(
    IGrainFactory grains, IMeasurementLog log, TimeProvider time, ILogger<TelemetryIntake> logger)
{
    private const int AppendAttempts = 3;

    public async Task<MqttVerdict> TakeAsync(
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

    [LoggerMessage(LogLevel.Warning, "Quarantined a message of {Gateway} ({Bytes} bytes): {Reason}")]
    private static partial void LogQuarantined(ILogger logger, string gateway, int bytes, string reason);

    [LoggerMessage(LogLevel.Warning, "Appending for {Gateway} is tried again: {Reason}")]
    private static partial void LogRetried(ILogger logger, string gateway, string reason);
}
