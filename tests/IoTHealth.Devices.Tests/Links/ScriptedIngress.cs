using System.Collections.Concurrent;
using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>An ingress that does what a test says, and remembers what came.</summary>
internal sealed class ScriptedIngress : IMqttIngress
{
    private readonly ConcurrentQueue<(MqttMessage Message, TaskCompletionSource<MqttVerdict> Verdict, CancellationToken Ended)> _received = [];

    /// <summary>Whether a client may come in; all may when left out.</summary>
    public Func<MqttConnect, MqttVerdict> Admit { get; set; } = _ => MqttVerdict.Accepted;

    /// <summary>Whether a filter may be heard; all may when left out.</summary>
    public Func<string, MqttVerdict> Hear { get; set; } = _ => MqttVerdict.Accepted;

    /// <summary>What becomes of a message; left out, the test decides through <see cref="NextAsync"/>.</summary>
    public Func<MqttMessage, ValueTask<MqttVerdict>>? Take { get; set; }

    /// <summary>A <see cref="Take"/> that takes everything.</summary>
    public static ValueTask<MqttVerdict> AcceptAsync(MqttMessage message) => ValueTask.FromResult(MqttVerdict.Accepted);

    public IReadOnlyList<MqttMessage> Messages => [.. _received.Select(one => one.Message)];

    public ValueTask<MqttVerdict> ConnectAsync(MqttSession session, MqttConnect connect, CancellationToken cancellation) =>
        ValueTask.FromResult(Admit(connect));

    public MqttVerdict MaySubscribe(MqttSession session, string filter) => Hear(filter);

    public ValueTask<MqttVerdict> ReceiveAsync(MqttSession session, MqttMessage message, CancellationToken cancellation)
    {
        var verdict = new TaskCompletionSource<MqttVerdict>(TaskCreationOptions.RunContinuationsAsynchronously);
        _received.Enqueue((message, verdict, cancellation));
        return Take?.Invoke(message) ?? new ValueTask<MqttVerdict>(verdict.Task);
    }

    /// <summary>Waits for so many messages and gives the way to decide over each.</summary>
    public async Task<IReadOnlyList<TaskCompletionSource<MqttVerdict>>> NextAsync(int count)
    {
        await Eventually.HoldsAsync($"{count} messages", () => _received.Count >= count, TimeSpan.FromSeconds(15));
        return [.. _received.Select(one => one.Verdict)];
    }

    /// <summary>Waits until the connection of the first message has ended.</summary>
    public async Task EndedAsync()
    {
        await NextAsync(1);
        await Eventually.HoldsAsync("the end of the connection", () => _received.First().Ended.IsCancellationRequested, TimeSpan.FromSeconds(5));
    }
}
