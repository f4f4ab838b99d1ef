using System.Security.Cryptography;
using System.Threading.Channels;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
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
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path, RecentEntries = 0 }, "gw-01", TimeProvider.System, Acknowledged.Create);
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
        var cloud = new CloudDouble { FailEvery = 3 };
        using (var uplink = Start(cloud))
        {
            await Eventually.SeesAsync("all acknowledged", _ => Task.FromResult((uplink.Position, uplink.Behind, uplink.State)), s => s.Position == 9_000, Patience);
            await uplink.StopAsync(CancellationToken.None);
        }

        Assert.Equal(Enumerable.Range(1, 9_000).Select(i => (long)i), cloud.Received.Distinct().Order());
        using var next = new CloudUplink(_journal, new CloudDouble(), TimeProvider.System, NullLogger<CloudUplink>.Instance);
        Assert.Equal(9_000, next.Position);
        Assert.Equal(0, next.Behind);
    }

    [Fact]
    public async Task Alarms_go_first_then_what_is_new_and_the_backlog_still_finishes()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 30_000).Select(i => Sample.HeartRate(i))));
        var cloud = new CloudDouble { Gate = Channel.CreateUnbounded<bool>() };
        using var uplink = Start(cloud);
        await Eventually.HoldsAsync("backlog under way", () => cloud.Asked.Count == 1, Patience);

        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(30_001)));
        await Eventually.HoldsAsync("the new one has a place kept free", () => cloud.Asked.Count == 2, Patience);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(30_002)));
        await _journal.WriteAsync(new JournalWrite { Entries = [Alarm(1)] });
        await Eventually.HoldsAsync("the alarm needs no place", () => cloud.Asked.Count == 3, Patience);
        Assert.Equal([30_001L, 30_003], cloud.Asked.Skip(1));

        cloud.Gate.Writer.Complete();
        await AllAcknowledgedAsync(uplink);
        Assert.Equal(Enumerable.Range(1, 30_003).Select(i => (long)i), cloud.Received.Order());
        await uplink.StopAsync(CancellationToken.None);
    }

    [Fact]
    public async Task A_line_too_slow_for_full_messages_gets_smaller_ones()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 4_000).Select(i => Sample.HeartRate(i))));
        var cloud = new CloudDouble { BodyMaximum = 20_000 };
        using var uplink = Start(cloud);
        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Empty(_journal.Quarantine(10));
    }

    [Fact]
    public async Task An_entry_that_no_message_holds_is_set_aside_told_to_the_cloud_and_keeps_nobody_waiting()
    {
        var huge = Sample.Entry(Sample.HeartRate(2)) with { Payload = RandomNumberGenerator.GetBytes(400_000) };
        await _journal.WriteAsync(new JournalWrite { Entries = [Sample.Entry(Sample.HeartRate(1)), huge, Sample.Entry(Sample.HeartRate(3))] });
        var cloud = new CloudDouble();
        using var uplink = Start(cloud);
        await Eventually.HoldsAsync("the gap is told", () => cloud.Received.Contains(4), Patience);
        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 3, 4], cloud.Received.Order());
        AssertTold(cloud, 2);
        var kept = Assert.Single(_journal.Quarantine(10)).Bytes;
        Assert.Equal(("uplink", 400_000), (kept.Source, kept.Raw.Length));
    }

    [Fact]
    public async Task An_entry_on_which_the_hub_always_breaks_off_is_found_and_set_aside_alone()
    {
        const long poison = 77;
        await using var clock = new RunningClock(times: 50);
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 200).Select(i => Sample.HeartRate(i))));
        var cloud = new CloudDouble { Before = batch => Break(batch.Entries.Any(entry => entry.Position == poison)) };
        using var uplink = new CloudUplink(_journal, cloud, clock.Time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        for (var next = 10_001; _journal.Quarantine(10).Count == 0; next++)
        {
            Assert.True(next < 12_000, $"not found: {uplink.State}, {cloud.Connections} connections");
            await _journal.WriteAsync(Sample.Write(Sample.HeartRate(next)));
            var head = _journal.Head;
            await Eventually.SeesAsync("what is new passes", _ => Task.FromResult((uplink.State, cloud.Received.Contains(head))), seen => seen.Item2, Patience);
        }

        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Contains("77 ", Assert.Single(_journal.Quarantine(10)).Bytes.Reason, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, (int)_journal.Head).Select(i => (long)i).Where(i => i != poison), cloud.Received.Distinct().Order());
        AssertTold(cloud, poison);
    }

    [Fact]
    public async Task A_hub_that_takes_nothing_at_all_makes_nothing_suspect()
    {
        await using var clock = new RunningClock();
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 20).Select(i => Sample.HeartRate(i))));
        var isDown = true;
        var cloud = new CloudDouble { Before = _ => Break(Volatile.Read(ref isDown)) };
        using var uplink = new CloudUplink(_journal, cloud, clock.Time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.HoldsAsync("a dozen sessions broke", () => cloud.Connections > 12, Patience);
        Volatile.Write(ref isDown, false);
        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal(Enumerable.Range(1, 20).Select(i => (long)i), cloud.Received.Order());
        Assert.Empty(_journal.Quarantine(10));
    }

    [Fact]
    public async Task Positions_on_the_wire_count_from_the_base_of_their_generation()
    {
        var old = _journal.Id.Guid;
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 10).Select(i => Sample.HeartRate(i))));
        await _journal.BeginAnewAsync(6, "a test");
        var cloud = new CloudDouble();
        using var uplink = Start(cloud);
        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.NotEqual(old, _journal.Id.Guid);
        long[] Of(Guid journal) => [.. cloud.Taken.Where(b => b.Journal.Guid == journal).SelectMany(b => b.Entries).Select(e => e.Position).Order()];
        Assert.Equal([1, 2, 3, 4, 5, 6], Of(old));
        Assert.Equal(Enumerable.Range(1, (int)_journal.Head - 6).Select(i => (long)i), Of(_journal.Id.Guid));
        Assert.All(cloud.Taken.Where(b => b.Journal.Guid == old), batch => Assert.Equal(6, batch.Head));
    }

    [Fact]
    public async Task Positions_that_are_gone_are_passed_over()
    {
        await _journal.WriteAsync(Sample.Write(Enumerable.Range(1, 9_000).Select(i => Sample.HeartRate(i))));
        await _journal.WriteAsync(new JournalWrite
        {
            Rows = (connection, _) => JournalTables.Execute(connection, "delete from entry where position < 4500 or position between 5000 and 5002 or position = 8999"),
        });
        var cloud = new CloudDouble();
        using var uplink = Start(cloud);
        await AllAcknowledgedAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal(9_000, uplink.Position);
        Assert.Equal(Enumerable.Range(4_500, 4_501).Select(i => (long)i).Except([5_000, 5_001, 5_002, 8_999]), cloud.Received.Order());
    }

    [Fact]
    public async Task A_session_that_is_renewed_sends_nothing_again()
    {
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        var cloud = new CloudDouble();
        using var uplink = Start(cloud);
        await AllAcknowledgedAsync(uplink);
        cloud.Renew();
        await Eventually.HoldsAsync("connected again", () => cloud.Connections == 2, Patience);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(2)));
        await AllAcknowledgedAsync(uplink);
        Assert.Equal([1L, 2], cloud.Received);
        await uplink.StopAsync(CancellationToken.None);
    }

    private static void Break(bool now)
    {
        if (now)
        {
            throw new IOException("the hub broke off");
        }
    }

    private static void AssertTold(CloudDouble cloud, long position)
    {
        var entry = Assert.Single(cloud.Taken.SelectMany(batch => batch.Entries).DistinctBy(entry => entry.Position), entry => entry.Kind == EntryKind.Gap);
        Assert.True(WireForm.TryDecodeGap(entry.Payload, out var gap, out _));
        Assert.Equal(("journal", position, position, 1), (gap.Reader, gap.FromPosition, gap.ToPosition, gap.Count));
    }

    private static NewEntry Alarm(int number) => new(EntryKind.Alarm, MeasurementId.Of("alarm", $"{number}"), 0, EntryPriority.Alarm, new byte[10]);

    private static Task AllAcknowledgedAsync(CloudUplink uplink) => Eventually.SeesAsync(
        "all acknowledged", _ => Task.FromResult((uplink.Position, uplink.Behind, uplink.State)), s => s.Behind == 0, Patience);

    private CloudUplink Start(CloudDouble cloud)
    {
        var uplink = new CloudUplink(_journal, cloud, TimeProvider.System, NullLogger<CloudUplink>.Instance);
        _ = uplink.StartAsync(CancellationToken.None);
        return uplink;
    }
}
