using System.Security.Cryptography;
using System.Threading.Channels;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class CloudUplinkTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private SqliteJournal _journal = null!;

    public ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Everything_arrives_in_spite_of_failures_and_is_known_to_have_arrived_after_a_restart()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 9_000).Select(i => Sample.HeartRate(i))));
        var cloud = new Cloud { FailEvery = 3 };
        using (var uplink = Start(cloud))
        {
            await Eventually.SeesAsync("all acknowledged", _ => Task.FromResult((uplink.Position, uplink.Behind, uplink.State)), s => s.Position == 9_000, Patience);
            await uplink.StopAsync(CancellationToken.None);
        }

        Assert.Equal(Enumerable.Range(1, 9_000).Select(i => (long)i), cloud.Received.Distinct().Order());
        using var next = new CloudUplink(_journal, new Cloud(), TimeProvider.System, NullLogger<CloudUplink>.Instance);
        Assert.Equal(9_000, next.Position);
        Assert.Equal(0, next.Behind);
    }

    [Fact]
    public async Task What_is_new_goes_before_what_was_left_behind_and_the_backlog_still_finishes()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 20_000).Select(i => Sample.HeartRate(i))));
        var cloud = new Cloud { Gate = Channel.CreateUnbounded<bool>() };
        using var uplink = Start(cloud);
        await Eventually.HoldsAsync("backlog under way", () => cloud.Asked.Count >= 4, Patience);

        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(20_001)));
        cloud.Gate.Writer.TryWrite(true);
        await Eventually.HoldsAsync("one more sent", () => cloud.Asked.Count >= 5, Patience);
        Assert.Equal(20_001, cloud.Asked[4]);

        cloud.Gate.Writer.Complete();
        await Eventually.SeesAsync("all acknowledged", _ => Task.FromResult((uplink.Position, uplink.Behind, uplink.State)), s => s.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_line_too_slow_for_full_messages_gets_smaller_ones()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 4_000).Select(i => Sample.HeartRate(i))));
        var cloud = new Cloud { BodyMaximum = 20_000 };
        using var uplink = Start(cloud);
        await Eventually.SeesAsync("all acknowledged", _ => Task.FromResult((uplink.Behind, uplink.State)), s => s.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task An_entry_that_no_message_holds_is_set_aside_and_keeps_nobody_waiting()
    {
        var huge = Sample.Entry(Sample.HeartRate(2)) with { Payload = RandomNumberGenerator.GetBytes(400_000) };
        await _journal.WriteAsync(new JournalWrite { Entries = [Sample.Entry(Sample.HeartRate(1)), huge, Sample.Entry(Sample.HeartRate(3))] });
        var cloud = new Cloud();
        using var uplink = Start(cloud);
        await Eventually.SeesAsync("all passed", _ => Task.FromResult((uplink.Behind, uplink.State)), s => s.Behind == 0, Patience);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 3L], cloud.Received.Order());
        var kept = Assert.Single(_journal.Quarantine(10)).Bytes;
        Assert.Equal(("uplink", 400_000), (kept.Source, kept.Raw.Length));
    }

    [Fact]
    public async Task An_idle_uplink_asks_for_nothing()
    {
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        var cloud = new Cloud();
        using var uplink = Start(cloud);
        await Eventually.HoldsAsync("acknowledged", () => uplink.Behind == 0, Patience);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(2)));
        await Eventually.HoldsAsync("acknowledged", () => uplink.Behind == 0, Patience);
        Assert.Equal([1L, 2], cloud.Received);
        await uplink.StopAsync(CancellationToken.None);
    }

    private CloudUplink Start(Cloud cloud)
    {
        var uplink = new CloudUplink(_journal, cloud, TimeProvider.System, NullLogger<CloudUplink>.Instance);
        _ = uplink.StartAsync(CancellationToken.None);
        return uplink;
    }

    /// <summary>A hub that may fail before or after it took a batch, and waits at a gate where one is set.</summary>
    private sealed class Cloud : IUplinkTransport
    {
        private readonly Lock _lock = new();
        private readonly List<long> _received = [];
        private readonly List<long> _asked = [];
        private int _calls;

        public int FailEvery { get; init; }

        /// <summary>Larger bodies time out.</summary>
        public int BodyMaximum { get; init; } = int.MaxValue;

        public Channel<bool>? Gate { get; init; }

        /// <summary>Positions taken, in order.</summary>
        public IReadOnlyList<long> Received => Copy(_received);

        /// <summary>First position of each batch, in the order of sending.</summary>
        public IReadOnlyList<long> Asked => Copy(_asked);

        public Task ConnectAsync(CancellationToken cancellation) => Task.CompletedTask;

        public Task DisconnectAsync() => Task.CompletedTask;

        public async Task SendAsync(PackedBatch batch, CancellationToken cancellation)
        {
            Assert.True(batch.Body.Length <= BatchPacker.BodyBytesMaximum);
            int call;
            lock (_lock)
            {
                _asked.Add(batch.Batch.Entries[0].Position);
                call = ++_calls;
            }

            if (Gate is not null && await Gate.Reader.WaitToReadAsync(cancellation))
            {
                await Gate.Reader.ReadAsync(cancellation);
            }

            if (batch.Body.Length > BodyMaximum)
            {
                throw new TimeoutException("too slow");
            }

            if (FailEvery > 0 && call % (2 * FailEvery) == FailEvery)
            {
                throw new IOException("lost before it arrived");
            }

            lock (_lock)
            {
                _received.AddRange(batch.Batch.Entries.Select(entry => entry.Position));
            }

            if (FailEvery > 0 && call % (2 * FailEvery) == 0)
            {
                throw new IOException("the acknowledgement was lost");
            }
        }

        private List<long> Copy(List<long> list)
        {
            lock (_lock)
            {
                return [.. list];
            }
        }
    }
}
