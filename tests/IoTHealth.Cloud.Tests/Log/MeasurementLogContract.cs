using CsCheck;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Log;

/// <summary>What every measurement log must hold. An implementation inherits it and says how it is opened.</summary>
public abstract partial class MeasurementLogContract : IAsyncLifetime
{
    private const int Shard = 5;

    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    private IMeasurementLog _log = null!;

    /// <summary>Opens the test's log; a second call opens the same one again, as another process would.</summary>
    protected abstract Task<IMeasurementLog> OpenAsync();

    public async ValueTask InitializeAsync() => _log = await OpenAsync();

    public virtual async ValueTask DisposeAsync()
    {
        await _log.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Entries_come_back_in_the_order_of_position()
    {
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 3), Readings.HeartRates(4, 2));

        var read = await _log.ReadAsync(Shard, 0, 100, Stop);
        Assert.Equal([1, 2, 3, 4, 5], read.Select(entry => entry.Position));
        Assert.Equal(6, lease.Next);
        Assert.Equal(Readings.HeartRate(1).Id, read[0].Entry.Id);
        Assert.Equal(Readings.Journal, read[0].Journal);
        Assert.True(WireForm.TryDecodeMeasurement(read[4].Entry.Payload, out var measurement, out _));
        Assert.Equal(Readings.HeartRate(5).Time.Instant, measurement.Time.Instant);
        Assert.Equal([3, 4], (await _log.ReadAsync(Shard, 2, 2, Stop)).Select(entry => entry.Position));
    }

    [Fact]
    public async Task A_known_entry_is_kept_once_and_leaves_no_gap_in_positions()
    {
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 3));
        lease = await AppendAsync(lease, Readings.HeartRates(2, 4));

        var read = await _log.ReadAsync(Shard, 0, 100, Stop);
        Assert.Equal([1, 2, 3, 4, 5], read.Select(entry => entry.Position));
        Assert.Equal(6, lease.Next);
        Assert.Equal(5, (await _log.HeadsAsync(Stop))[Shard]);
    }

    [Fact]
    public async Task The_same_id_with_other_content_is_kept_too()
    {
        await AppendAsync(
            await TakeOverAsync(),
            Readings.Batch(Readings.Entry(1, Readings.HeartRate(1, 58)), Readings.Entry(2, Readings.HeartRate(1, 59))));

        Assert.Equal(2, (await _log.ReadAsync(Shard, 0, 100, Stop)).Count);
    }

    [Fact]
    public async Task A_reading_heard_by_two_gateways_is_one_entry_and_both_journals_have_it()
    {
        var other = Readings.HeartRates(1, 1) with { Journal = new JournalId("gw-02", Guid.NewGuid()) };
        await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 1));
        await _log.AppendAsync(await _log.TakeOverAsync(6, Stop), [other], Readings.Instant, Stop);

        Assert.Empty(await _log.ReadAsync(6, 0, 100, Stop));
        Assert.Equal([1, 1], (await _log.JournalsAsync(Stop)).Select(journal => journal.Received));
    }

    [Fact]
    public async Task An_older_writer_changes_nothing()
    {
        var older = await TakeOverAsync();
        var newer = await TakeOverAsync();
        await AppendAsync(newer, Readings.HeartRates(1, 2));

        await Assert.ThrowsAsync<FencedException>(() => AppendAsync(older, Readings.HeartRates(3, 2)));

        Assert.Equal(older.Epoch + 1, newer.Epoch);
        Assert.Equal(2, (await _log.ReadAsync(Shard, 0, 100, Stop)).Count);
        Assert.Equal(2, Assert.Single(await _log.JournalsAsync(Stop)).Received);
    }

    [Fact]
    public async Task A_lease_used_twice_is_fenced()
    {
        var lease = await TakeOverAsync();
        await AppendAsync(lease, Readings.HeartRates(1, 1));

        await Assert.ThrowsAsync<FencedException>(() => AppendAsync(lease, Readings.HeartRates(2, 1)));
    }

    [Fact]
    public async Task Two_processes_taking_turns_lose_and_repeat_nothing()
    {
        await using var other = await OpenAsync();
        for (var n = 1; n <= 20; n++)
        {
            var writer = n % 2 == 0 ? _log : other;
            await writer.AppendAsync(await writer.TakeOverAsync(Shard, Stop), [Readings.HeartRates(n, 1)], Readings.Instant, Stop);
        }

        Assert.Equal(Enumerable.Range(1, 20).Select(n => (long)n), (await _log.ReadAsync(Shard, 0, 100, Stop)).Select(e => e.Entry.Position));
    }

    [Fact]
    public async Task What_was_appended_is_there_after_reopening_and_the_epoch_goes_on()
    {
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 3));
        var own = await _log.OwnJournalAsync(Stop);
        await _log.DisposeAsync();
        _log = await OpenAsync();

        Assert.Equal(new ShardLease(Shard, lease.Epoch + 1, 4), await TakeOverAsync());
        Assert.Equal(3, (await _log.ReadAsync(Shard, 0, 100, Stop)).Count);
        Assert.Equal(own, await _log.OwnJournalAsync(Stop));
    }

    [Fact]
    public async Task Times_of_receipt_do_not_go_back_though_the_clock_does()
    {
        var lease = await _log.AppendAsync(await TakeOverAsync(), [Readings.HeartRates(1, 1)], Readings.Instant, Stop);
        lease = await _log.AppendAsync(lease, [Readings.HeartRates(2, 1)], Readings.Instant.AddHours(-1), Stop);
        await _log.AppendAsync(lease, [Readings.HeartRates(3, 1)], Readings.Instant.AddHours(1), Stop);

        Assert.Equal(
            [Readings.Instant, Readings.Instant, Readings.Instant.AddHours(1)],
            (await _log.ReadAsync(Shard, 0, 100, Stop)).Select(entry => entry.Received));
    }

    [Fact]
    public async Task Received_intervals_show_what_is_missing()
    {
        var ahead = Readings.HeartRates(5, 2) with { Head = 9 };
        var lease = await AppendAsync(await TakeOverAsync(), ahead);
        await AppendAsync(lease, Readings.HeartRates(1, 2));

        var state = Assert.Single(await _log.JournalsAsync(Stop));
        Assert.Equal((9, 4, 5), (state.Head, state.Received, state.Missing));
        Assert.Equal([new Interval(3, 4), new Interval(7, 9)], (await _log.ReceivedAsync(Readings.Journal, Stop)).Missing(1, 9));
    }

    [Fact]
    public async Task Intervals_equal_those_of_a_set_however_batches_arrive()
    {
        await Gen.Int[1, 60].Array[1, 8].Array[1, 12].SampleAsync(
            async batches =>
            {
                var journal = new JournalId("gw-01", Guid.NewGuid());
                var expected = new IntervalSet();
                var lease = await TakeOverAsync();
                foreach (var positions in batches.Select(batch => batch.Distinct().Order().ToArray()))
                {
                    Array.ForEach(positions, position => expected.Add(position));
                    var entries = positions.Select(position => Readings.Entry(position, Readings.HeartRate(position))).ToArray();
                    lease = await AppendAsync(lease, Readings.Batch(entries) with { Journal = journal });
                }

                Assert.Equal(expected, await _log.ReceivedAsync(journal, Stop));
            },
            iter: 20, threads: 1);
    }

    [Fact]
    public async Task Assignments_are_found_apart()
    {
        var before = await _log.CountAssignmentsAsync(Stop);
        await AppendAsync(
            await TakeOverAsync(),
            Readings.Batch(Readings.Entry(1, Readings.HeartRate(1)), Readings.Entry(2, Readings.Assignment())));

        Assert.Equal(before + 1, await _log.CountAssignmentsAsync(Stop));
        Assert.Equal(Readings.Assignment().Id, Assert.Single(await _log.ReadKindAsync(EntryKind.Assignment, Stop)).Entry.Id);
    }

    [Fact]
    public async Task Entries_are_found_by_their_ids_in_whatever_shard()
    {
        await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 3));
        var other = await _log.TakeOverAsync(Shard + 1, Stop);
        await AppendAsync(other, Readings.Batch(Readings.Entry(1, Readings.HeartRate(9))) with { Journal = new JournalId("gw-02", Guid.NewGuid()) });
        var wanted = new[] { 2, 9, 77 }.Select(sequence => Readings.HeartRate(sequence).Id).ToList();

        var found = await _log.FindAsync(wanted, Stop);

        Assert.Equal(wanted.Take(2).Order(Comparer<MeasurementId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))),
            found.Select(logged => logged.Entry.Id).Order(Comparer<MeasurementId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()))));
        Assert.Equal([Shard, Shard + 1], found.Select(logged => logged.Shard).Order());
        Assert.Empty(await _log.FindAsync([], Stop));
    }

    [Fact]
    public async Task Quarantine_keeps_the_bytes()
    {
        byte[] bytes = [1, 2, 0, 255];
        await _log.QuarantineAsync(new RefusedMessage("gw-01", "not a batch", Readings.Instant, bytes), Stop);

        var kept = Assert.Single(await _log.ReadQuarantineAsync(10, Stop));
        Assert.Equal(("gw-01", "not a batch", Readings.Instant), (kept.Gateway, kept.Reason, kept.At));
        Assert.Equal(bytes, kept.Bytes.ToArray());
    }

    private Task<ShardLease> TakeOverAsync() => _log.TakeOverAsync(Shard, Stop);

    private Task<ShardLease> AppendAsync(ShardLease lease, params EntryBatch[] batches) =>
        _log.AppendAsync(lease, batches, Readings.Instant, Stop);
}
