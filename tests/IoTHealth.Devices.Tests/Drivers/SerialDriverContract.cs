namespace IoTHealth.Devices.Tests.Drivers;

/// <summary>
/// What every driver on a serial line must hold. The conversation is what the device says, part by part; after each part it waits
/// for an answer.
/// </summary>
public abstract class SerialDriverContract
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(100);

    protected abstract ISerialDriver Driver { get; }

    protected abstract DeviceContext Device { get; }

    /// <summary>The parts of one whole upload.</summary>
    protected abstract IReadOnlyList<byte[]> Conversation { get; }

    /// <summary>Index of the first part that holds a reading.</summary>
    protected abstract int FirstReading { get; }

    /// <summary>Readings in the whole upload.</summary>
    protected abstract int Readings { get; }

    /// <summary>What the driver answers to one part, where that is always the same.</summary>
    protected virtual byte[] Acknowledgement => [];

    /// <summary>Whether what the driver said is its acknowledgement of one part.</summary>
    protected virtual bool IsAcknowledgement(byte[] said) => said.Length > 0 && said.AsSpan().SequenceEqual(Acknowledgement);

    /// <summary>What may stand between the parts and means nothing.</summary>
    protected virtual byte[] Garbage => [0x00, 0xFF, (byte)'x', 0x0D, 0x0A];

    [Fact]
    public async Task A_reading_is_acknowledged_after_it_is_durable_and_not_before()
    {
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        await TalkAsync(line, Conversation.Take(FirstReading));
        sink.Gate = new TaskCompletionSource();
        await line.SendAsync(Conversation[FirstReading]);
        Assert.Empty(await line.HearAsync(Silence));
        sink.Gate.SetResult();
        Assert.True(IsAcknowledgement(await line.HearAsync(Patience)));
        Assert.NotEmpty(sink.Measurements);
        await HangUpAsync(line, running);
    }

    [Fact]
    public async Task What_could_not_be_made_durable_is_not_acknowledged()
    {
        var (line, sink) = (new Line(), new RecordingSink());
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        await TalkAsync(line, Conversation.Take(FirstReading));
        sink.Fails = true;
        await line.SendAsync(Conversation[FirstReading]);
        await Assert.ThrowsAsync<IOException>(() => running);
        Assert.Empty(await line.HearAsync(Silence));
    }

    [Fact]
    public async Task An_upload_repeated_adds_nothing()
    {
        var sink = new RecordingSink();
        await UploadAsync(sink);
        Assert.Equal(Readings, sink.Measurements.Count);
        await UploadAsync(sink);
        Assert.Equal(Readings, sink.Measurements.Count);
    }

    [Fact]
    public async Task A_line_cut_at_any_byte_loses_and_doubles_nothing()
    {
        var whole = Conversation.SelectMany(part => part).ToArray();
        for (var cut = 0; cut < whole.Length; cut++)
        {
            var (line, sink) = (new Line(), new RecordingSink());
            var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
            await line.SendAsync(whole.AsMemory(0, cut));
            await HangUpAsync(line, running);
            await UploadAsync(sink);
            Assert.Equal(Readings, sink.Measurements.Count);
        }
    }

    [Fact]
    public async Task Garbage_between_the_parts_is_skipped()
    {
        var sink = new RecordingSink();
        await UploadAsync(sink, before: Garbage);
        Assert.Equal(Readings, sink.Measurements.Count);
    }

    [Fact]
    public async Task It_stops_within_a_second()
    {
        using var stop = new CancellationTokenSource();
        var line = new Line();
        var running = Driver.RunAsync(line, Device, new RecordingSink(), stop.Token);
        await TalkAsync(line, Conversation.Take(FirstReading));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(TimeSpan.FromSeconds(1)));
    }

    private protected async Task UploadAsync(RecordingSink sink, byte[]? before = null)
    {
        var line = new Line();
        var running = Driver.RunAsync(line, Device, sink, CancellationToken.None);
        await TalkAsync(line, Conversation.Select(part => before is null ? part : [.. before, .. part]));
        await HangUpAsync(line, running);
    }

    private async Task TalkAsync(Line line, IEnumerable<byte[]> parts)
    {
        foreach (var part in parts)
        {
            await line.SendAsync(part);
            Assert.True(IsAcknowledgement(await line.HearAsync(Patience)));
        }
    }

    private static async Task HangUpAsync(Line line, Task running)
    {
        line.HangUp();
        await Assert.ThrowsAsync<IOException>(() => running.WaitAsync(Patience));
    }
}
