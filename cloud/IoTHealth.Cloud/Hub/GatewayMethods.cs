using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace IoTHealth.Cloud.Hub;

/// <summary>Direct methods to connected gateways, in Azure IoT Hub's protocol. Every wait is bounded.</summary>
public sealed class GatewayMethods(IHubLine line, TimeProvider time)
{
    /// <summary>Methods that may wait for one gateway.</summary>
    public const int WaitingMaximum = 8;

    private const int RequestIdBytes = 16;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 16 };

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    /// <summary>Asks a gateway and waits for its answer.</summary>
    /// <param name="gateway">Whom.</param>
    /// <param name="method">Name of the method, of letters, digits, dots, underscores and hyphens.</param>
    /// <param name="payload">JSON, or nothing.</param>
    /// <param name="patience">How long to wait.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public async Task<MethodAnswer> InvokeAsync(
        string gateway, string method, ReadOnlyMemory<byte> payload, TimeSpan patience, CancellationToken cancellation)
    {
        if (_waiting.Values.Count(one => one.Gateway == gateway) >= WaitingMaximum)
        {
            return new MethodAnswer(MethodOutcome.Busy);
        }

        // Random, so that an answer to a question from before a restart is nobody's.
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RequestIdBytes));
        var waiting = new Waiting(gateway, new TaskCompletionSource<MethodAnswer>(TaskCreationOptions.RunContinuationsAsynchronously));
        _waiting[id] = waiting;
        try
        {
            return await line.SendAsync(gateway, MethodTopic.Request(method, id), payload)
                ? await waiting.Answer.Task.WaitAsync(patience, time, cancellation)
                : new MethodAnswer(MethodOutcome.NotConnected);
        }
        catch (TimeoutException)
        {
            return new MethodAnswer(MethodOutcome.TimedOut);
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }
    }

    /// <summary>Takes an answer in; one that nobody waits for, or of another gateway than was asked, is nothing.</summary>
    public void Take(string gateway, MethodTopic topic, ReadOnlyMemory<byte> payload)
    {
        if (_waiting.TryGetValue(topic.RequestId, out var waiting) && waiting.Gateway == gateway)
        {
            waiting.Answer.TrySetResult(new MethodAnswer(MethodOutcome.Answered, topic.Status, Json(payload)));
        }
    }

    private static JsonNode? Json(ReadOnlyMemory<byte> payload)
    {
        try
        {
            // As an element, whose texts are checked here and not where somebody first looks at them.
            using var document = JsonDocument.Parse(payload, Options);
            return JsonNode.Parse(JsonSerializer.Serialize(document.RootElement));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            return null;
        }
    }

    private sealed record Waiting(string Gateway, TaskCompletionSource<MethodAnswer> Answer);
}
