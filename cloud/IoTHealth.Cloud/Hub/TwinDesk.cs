using System.Text.Json;
using System.Text.Json.Nodes;
using IoTHealth.Cloud.Log;
using IoTHealth.Links.Mqtt;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Hub;

/// <summary>Answers a gateway's twin requests, and tells it what is newly desired of it.</summary>
public sealed class TwinDesk(TwinStore twins, IMeasurementLog log, IHubLine line)
{
    /// <summary>Heads above this are no positions: no gateway writes so many.</summary>
    private const long HeadMaximum = 1L << 53;

    public async Task<MqttVerdict> AnswerAsync(
        string gateway, TwinTopic request, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        if (request.IsGet)
        {
            var received = await log.ReceivedUpToAsync(gateway, cancellation);
            await line.SendAsync(gateway, request.Answer(200), await twins.ReadAsync(gateway, received, cancellation));
            return MqttVerdict.Accepted;
        }

        var version = await twins.MergeAsync(gateway, payload, cancellation);
        if (version is not null)
        {
            await NoteHeadAsync(gateway, payload, cancellation);
        }

        await line.SendAsync(gateway, request.Answer(version is null ? 400 : 204, version), ReadOnlyMemory<byte>.Empty);
        return MqttVerdict.Accepted;
    }

    /// <summary>Tells a gateway of a change, if it is connected; one that is not reads its twin when it comes.</summary>
    public Task<bool> TellAsync(string gateway, DesiredChange change)
    {
        var patch = new JsonObject { [change.Name] = change.Value?.DeepClone(), ["$version"] = change.Version };
        return line.SendAsync(
            gateway, $"$iothub/twin/PATCH/properties/desired/?$version={change.Version}", JsonSerializer.SerializeToUtf8Bytes(patch));
    }

    /// <summary>The head that a gateway reports: without it the loss of a quiet gateway's last entries would not show.</summary>
    private async Task NoteHeadAsync(string gateway, ReadOnlyMemory<byte> patch, CancellationToken cancellation)
    {
        var journal = JsonNode.Parse(patch.Span) is JsonObject fields ? fields["journal"] as JsonObject : null;
        if (journal?["guid"] is JsonValue guid && guid.TryGetValue<string>(out var text) && Guid.TryParse(text, out var id)
            && journal["head"] is JsonValue head && head.TryGetValue<long>(out var position) && position is > 0 and < HeadMaximum)
        {
            await log.NoteHeadAsync(new JournalId(gateway, id), position, cancellation);
        }
    }
}
