using IoTHealth.Links.Mqtt;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Links;

public sealed class AcknowledgementQueueTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    private readonly FakeTimeProvider _time = new();
    private readonly List<ushort> _acknowledged = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_one_that_is_waited_for_keeps_its_place()
    {
        var queue = new AcknowledgementQueue(2, 1_000, Timeout, _time);
        var running = Run(queue);
        var first = Add(queue, 1);
        var second = Add(queue, 2);
        var room = queue.HasRoomAsync(Cancellation).AsTask();
        Assert.False(room.IsCompleted);
        first.SetResult(MqttVerdict.Accepted);
        Assert.True(await room);
        second.SetResult(MqttVerdict.Accepted);
        queue.Complete();
        Assert.Null(await running);
        Assert.Equal([(ushort)1, (ushort)2], _acknowledged);
    }

    [Fact]
    public async Task Large_publishes_wait_for_bytes_to_be_done_with()
    {
        var queue = new AcknowledgementQueue(100, 1_000, Timeout, _time);
        var running = Run(queue);
        var first = Add(queue, 1, bytes: 600);
        Assert.True(await queue.HasRoomAsync(Cancellation));
        var second = Add(queue, 2, bytes: 600);
        var room = queue.HasRoomAsync(Cancellation).AsTask();
        Assert.False(room.IsCompleted);
        first.SetResult(MqttVerdict.Accepted);
        Assert.True(await room);
        second.SetResult(MqttVerdict.Refuse("no"));
        await running;
        Assert.False(await queue.HasRoomAsync(Cancellation));
    }

    [Fact]
    public async Task Who_waits_for_bytes_is_let_go_when_the_connection_ends()
    {
        var queue = new AcknowledgementQueue(100, 1_000, Timeout, _time);
        var running = Run(queue);
        var only = Add(queue, 1, bytes: 2_000);
        var room = queue.HasRoomAsync(Cancellation).AsTask();
        only.SetException(new IOException("disk full"));
        await running;
        Assert.False(await room);
    }

    [Fact]
    public async Task The_time_out_counts_from_the_arrival()
    {
        var queue = new AcknowledgementQueue(3, 1_000, Timeout, _time);
        var running = Run(queue);
        var first = Add(queue, 1);
        Add(queue, 2);
        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.False(running.IsCompleted);
        first.SetResult(MqttVerdict.Accepted);
        var begun = _time.GetTimestamp();

        // Its turn comes, and with it its timer, at no moment that a test could know: the clock goes on until it has rung.
        await Eventually.HoldsAsync(
            "the second one is late",
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(0.1));
                return running.IsCompleted;
            },
            Timeout * 4);
        Assert.InRange(_time.GetElapsedTime(begun), TimeSpan.Zero, Timeout - TimeSpan.FromSeconds(1));
        Assert.Equal(new Ending("a publish was not durable after 5 s", IsRefusal: false), await running);
        Assert.False(await queue.HasRoomAsync(Cancellation));
        Assert.Equal([(ushort)1], _acknowledged);
    }

    [Fact]
    public async Task What_is_durable_in_time_is_acknowledged_however_late_its_turn_comes()
    {
        var queue = new AcknowledgementQueue(3, 1_000, Timeout, _time);
        Add(queue, 1).SetResult(MqttVerdict.Accepted);
        _time.Advance(TimeSpan.FromMinutes(1));
        queue.Complete();
        Assert.Null(await Run(queue));
        Assert.Equal([(ushort)1], _acknowledged);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_behind_a_refusal()
    {
        var queue = new AcknowledgementQueue(3, 1_000, Timeout, _time);
        Add(queue, 1).SetResult(MqttVerdict.Accepted);
        Add(queue, 2).SetResult(MqttVerdict.Refuse("no"));
        Add(queue, 3).SetResult(MqttVerdict.Accepted);
        Assert.Equal(new Ending("no", IsRefusal: true), await Run(queue));
        Assert.Equal([(ushort)1], _acknowledged);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_behind_a_failure()
    {
        var queue = new AcknowledgementQueue(3, 1_000, Timeout, _time);
        Add(queue, 1).SetException(new IOException("disk full"));
        Add(queue, 2).SetResult(MqttVerdict.Accepted);
        Assert.Equal(new Ending("a publish could not be taken: disk full", IsRefusal: false), await Run(queue));
        Assert.Empty(_acknowledged);
    }

    [Fact]
    public async Task What_asks_for_no_acknowledgement_gets_none()
    {
        var queue = new AcknowledgementQueue(3, 1_000, Timeout, _time);
        queue.Add(0, acknowledge: false, 1, ValueTask.FromResult(MqttVerdict.Accepted));
        queue.Complete();
        Assert.Null(await Run(queue));
        Assert.Empty(_acknowledged);
    }

    private Task<Ending?> Run(AcknowledgementQueue queue) => queue.RunAsync(
        (ready, _) =>
        {
            _acknowledged.AddRange(ready);
            return Task.CompletedTask;
        },
        Cancellation);

    private static TaskCompletionSource<MqttVerdict> Add(AcknowledgementQueue queue, ushort packetId, int bytes = 1)
    {
        var outcome = new TaskCompletionSource<MqttVerdict>();
        Assert.True(queue.Add(packetId, acknowledge: true, bytes, new ValueTask<MqttVerdict>(outcome.Task)));
        return outcome;
    }
}
