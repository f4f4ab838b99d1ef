using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using MQTTnet;
using MQTTnet.Protocol;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Twin and direct methods of Azure IoT Hub's protocol. The topics are the same for every device. What comes in is only put
/// down here: it never makes the acknowledgements of telemetry wait.
/// </summary>
internal sealed class HubSession : IHubSession
{
    private const string TwinAnswer = "$iothub/twin/res/";
    private const string DesiredChange = "$iothub/twin/PATCH/properties/desired/";
    private const string Call = "$iothub/methods/POST/";

    /// <summary>The hub asks again for what is not answered, so that what comes beyond this may be left.</summary>
    private const int CallsMaximum = 16;

    private static readonly JsonDocumentOptions Json = new() { MaxDepth = 32 };

    private readonly IMqttClient _client;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<(int Status, byte[] Body)>> _asked = new(StringComparer.Ordinal);
    private readonly Channel<MethodCall> _calls = Channel.CreateBounded<MethodCall>(
        new BoundedChannelOptions(CallsMaximum) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _requests;

    public HubSession(IMqttClient client, TimeProvider time)
    {
        (_client, _time) = (client, time);
        client.ApplicationMessageReceivedAsync += HearAsync;
    }

    public ChannelReader<MethodCall> Calls => _calls.Reader;

    public ChannelReader<bool> Changes => _changes.Reader;

    /// <summary>The answers to twin requests are heard from now on.</summary>
    public Task BeginAsync(CancellationToken cancellation)
    {
        // Nobody waits any more for what was asked in a session before.
        while (_calls.Reader.TryRead(out _))
        {
        }

        return SubscribeAsync(cancellation, TwinAnswer + "#");
    }

    public Task ListenAsync(CancellationToken cancellation) => SubscribeAsync(cancellation, DesiredChange + "#", Call + "#");

    public async Task<JsonObject> ReadTwinAsync(CancellationToken cancellation)
    {
        var (status, body) = await AskAsync("$iothub/twin/GET/", [], cancellation);
        try
        {
            return status == 200 && JsonNode.Parse(body, documentOptions: Json) is JsonObject twin
                ? twin
                : throw new IOException($"the hub answers {status} when asked for the twin");
        }
        catch (JsonException e)
        {
            throw new IOException($"the hub's twin is no JSON: {e.Message}", e);
        }
    }

    public async Task ReportAsync(JsonObject patch, CancellationToken cancellation)
    {
        var (status, _) = await AskAsync("$iothub/twin/PATCH/properties/reported/", JsonSerializer.SerializeToUtf8Bytes(patch), cancellation);
        if (status is not (200 or 204))
        {
            throw new IOException($"the hub answers {status} to what is reported");
        }
    }

    public Task AnswerAsync(MethodCall call, CommandAnswer answer, CancellationToken cancellation) => PublishAsync(
        $"$iothub/methods/res/{answer.Status}/?$rid={call.RequestId}", JsonSerializer.SerializeToUtf8Bytes(answer.Body), cancellation);

    private async Task<(int Status, byte[] Body)> AskAsync(string topic, byte[] body, CancellationToken cancellation)
    {
        var request = Interlocked.Increment(ref _requests).ToString("x", CultureInfo.InvariantCulture);
        var answer = new TaskCompletionSource<(int, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[request] = answer;
        try
        {
            await PublishAsync($"{topic}?$rid={request}", body, cancellation);
            return await answer.Task.WaitAsync(HubTransport.AnswerTimeout, _time, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"the hub did not answer on {topic} within {HubTransport.AnswerTimeout.TotalSeconds:0} s", e);
        }
        finally
        {
            _asked.TryRemove(request, out _);
        }
    }

    private async Task PublishAsync(string topic, byte[] body, CancellationToken cancellation)
    {
        var message = new MqttApplicationMessageBuilder()
            .WithTopic(topic).WithPayload(body).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtMostOnce).Build();
        using var limit = HubTransport.Limit(cancellation);
        await _client.PublishAsync(message, limit.Token).WaitAsync(HubTransport.AnswerTimeout, _time, cancellation);
    }

    private async Task SubscribeAsync(CancellationToken cancellation, params IEnumerable<string> filters)
    {
        var options = new MqttClientSubscribeOptionsBuilder();
        foreach (var filter in filters)
        {
            options.WithTopicFilter(filter, MqttQualityOfServiceLevel.AtMostOnce);
        }

        using var limit = HubTransport.Limit(cancellation);
        var result = await _client.SubscribeAsync(options.Build(), limit.Token).WaitAsync(HubTransport.AnswerTimeout, _time, cancellation);
        foreach (var item in result.Items.Where(item => item.ResultCode > MqttClientSubscribeResultCode.GrantedQoS2))
        {
            throw new IOException($"the hub refuses the subscription of {item.TopicFilter.Topic}: {item.ResultCode}");
        }
    }

    private Task HearAsync(MqttApplicationMessageReceivedEventArgs heard)
    {
        var message = heard.ApplicationMessage;
        if (message.Topic.StartsWith(DesiredChange, StringComparison.Ordinal))
        {
            _changes.Writer.TryWrite(true);
        }
        else if (Parts(message.Topic, TwinAnswer) is (var status, var asked))
        {
            if (int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && _asked.TryRemove(asked, out var answer))
            {
                answer.TrySetResult((number, Bytes(message)));
            }
        }
        else if (Parts(message.Topic, Call) is (var name, var request))
        {
            _calls.Writer.TryWrite(new MethodCall(name, request, Bytes(message)));
        }

        return Task.CompletedTask;
    }

    private static byte[] Bytes(MqttApplicationMessage message) => System.Buffers.BuffersExtensions.ToArray(message.Payload);

    // {prefix}{word}/?$rid={request}[&…]
    private static (string Word, string Request)? Parts(string topic, string prefix)
    {
        if (!topic.StartsWith(prefix, StringComparison.Ordinal) || topic[prefix.Length..].Split('/', 2) is not [var word, var query])
        {
            return null;
        }

        var request = query.TrimStart('?').Split('&').FirstOrDefault(part => part.StartsWith("$rid=", StringComparison.Ordinal));
        return request is null ? null : (word, request[5..]);
    }
}
