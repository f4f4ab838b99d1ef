using CsCheck;
using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Log;

/// <content>What will never come, and what is missing.</content>
public abstract partial class MeasurementLogContract
{
    private static readonly Guid Other = new("6f6e9f0a-0000-4000-8000-000000000002");

    public static TheoryData<string, Gap, long> HostileGaps => new()
    {
        { "beyond the head", Readings.Gone((50, long.MaxValue)), 0 },
        { "from before the first", Readings.Gone((long.MinValue, 2)), 0 },
        { "all there are", Readings.Gone((long.MinValue, long.MaxValue)), 4 },
        { "twice the same and overlapping", Readings.Gone((3, 5), (4, 6), (3, 5)), 4 },
        { "of another reader", Readings.Gone((3, 6)) with { Reader = "influx" }, 0 },
        { "of a journal that is not this gateway's", Readings.Gone((3, 6)) with { Journal = Other }, 0 },
        { "that ends before it begins", new Gap("journal", 6, 3, 4, ""), 0 },
        { "of more runs than a gap has", Readings.Gone([.. Enumerable.Range(0, 10_001).Select(_ => (3L, 3L))]), 0 },
    };

    [Fact]
    public async Task What_a_gap_tells_of_is_gone_and_not_missing()
    {
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 2));
        await AppendAsync(lease, Readings.Batch(Readings.Entry(9, Readings.Gone((3, 4), (6, 7)))));

        await StateIsAsync(received: 3, gone: 4, missing: 2);
        Assert.Equal([new Interval(5, 5), new Interval(8, 8)], await _log.MissingAsync(Readings.Journal, 10, Stop));
        Assert.Equal([new Interval(5, 5)], await _log.MissingAsync(Readings.Journal, 1, Stop));
    }

    [Fact]
    public async Task A_gap_without_runs_tells_of_all_from_first_to_last() =>
        await AfterGapAsync(new Gap("journal", 3, 6, 4, "evicted"), gone: 4);

    [Fact]
    public async Task What_was_said_to_be_gone_and_comes_is_received()
    {
        await AfterGapAsync(Readings.Gone((3, 6)), gone: 4);
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(4, 2));
        await StateIsAsync(received: 5, gone: 2, missing: 0);

        // The gap once more: what has come stays received.
        await AppendAsync(lease, Readings.Batch(Readings.Entry(7, Readings.Gone((3, 6)))));
        await StateIsAsync(received: 5, gone: 2, missing: 0);
    }

    [Fact]
    public async Task A_gap_may_speak_of_an_earlier_journal_of_its_gateway_and_of_no_other_gateways()
    {
        var earlier = new JournalId("gw-01", Other);
        var stranger = new JournalId("gw-02", Readings.Journal.Guid);
        var lease = await AppendAsync(
            await TakeOverAsync(), Readings.HeartRates(3, 1) with { Journal = earlier }, Readings.HeartRates(3, 1) with { Journal = stranger });
        await AppendAsync(lease, Readings.Batch(Readings.Entry(1, Readings.Gone((1, 2)) with { Journal = Other })));

        Assert.Equal([(earlier, 0L), (Readings.Journal, 0L), (stranger, 2L)], (await _log.JournalsAsync(Stop))
            .OrderBy(state => state.Missing).ThenByDescending(state => state.Journal.Guid).Select(state => (state.Journal, state.Missing)));
    }

    [Theory]
    [MemberData(nameof(HostileGaps), DisableDiscoveryEnumeration = true)]
    public async Task A_gap_reaches_no_further_than_what_was_given(string what, Gap gap, long gone)
    {
        await AfterGapAsync(gap, gone);
        await AppendAsync(await TakeOverAsync(), Readings.HeartRates(60, 1));

        // What is lost later shows as missing, whatever was told before.
        await StateIsAsync(received: 4, gone, missing: 56 - gone);
        Assert.NotEmpty(what);
    }

    [Fact]
    public async Task A_gap_that_cannot_be_used_is_kept_in_quarantine_once()
    {
        await AfterGapAsync(new Gap("journal", 6, 3, 4, ""), gone: 0);
        await AfterGapAsync(new Gap("journal", 6, 3, 4, ""), gone: 0);

        Assert.Contains("position 7", Assert.Single(await _log.ReadQuarantineAsync(10, Stop)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_gone_is_so_after_reopening()
    {
        await AfterGapAsync(Readings.Gone((3, 6)), gone: 4);
        await _log.DisposeAsync();
        _log = await OpenAsync();

        await StateIsAsync(received: 3, gone: 4, missing: 0);
        Assert.Empty(await _log.MissingAsync(Readings.Journal, 10, Stop));
    }

    [Fact]
    public async Task A_head_that_was_told_shows_what_is_missing_at_the_end()
    {
        await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 2));
        await _log.NoteHeadAsync(Readings.Journal, 5, Stop);
        await _log.NoteHeadAsync(Readings.Journal, 3, Stop);

        await StateIsAsync(received: 2, gone: 0, missing: 3);
        Assert.Equal(new Dictionary<Guid, long> { [Readings.Journal.Guid] = 2 }, await _log.ReceivedUpToAsync("gw-01", Stop));
        Assert.Empty(await _log.ReceivedUpToAsync("gw-02", Stop));
    }

    [Fact]
    public async Task Received_gone_and_missing_are_exact_in_whatever_order_batches_and_gaps_come() => await Gen.Select(
        Gen.Bool, Gen.Int[1, 80], Gen.Int[1, 12]).Array[1, 25].SampleAsync(
        async steps =>
        {
            var journal = new JournalId("gw-01", Guid.NewGuid());
            var (received, gone, head) = (new HashSet<long>(), new HashSet<long>(), 0L);
            var lease = await TakeOverAsync();
            foreach (var (isGap, from, count) in steps)
            {
                var positions = Enumerable.Range(from, count).Select(n => (long)n).ToList();
                var at = isGap ? [Math.Max(1, head)] : positions;
                var entries = at.Select(n => isGap ? Readings.Entry(n, Readings.Gone((from, from + count - 1))) : Readings.Entry(n, Readings.HeartRate((int)n))).ToArray();
                lease = await AppendAsync(lease, Readings.Batch(entries) with { Journal = journal });
                head = Math.Max(head, at[^1]);
                received.UnionWith(at);
                gone.UnionWith(isGap ? positions.Where(n => n <= head) : []);
                gone.ExceptWith(received);
            }

            var state = (await _log.JournalsAsync(Stop)).Single(one => one.Journal == journal);
            Assert.Equal((head, received.Count, gone.Count), (state.Head, state.Received, state.Gone));
            var missing = await _log.MissingAsync(journal, int.MaxValue, Stop);
            Assert.Equal(Enumerable.Range(1, (int)head).Select(n => (long)n).Except(received).Except(gone), missing.SelectMany(run => Enumerable.Range((int)run.From, (int)run.Count)).Select(n => (long)n));
        },
        iter: 40, threads: 1);

    /// <summary>1, 2 and the gap entry at 7 have come; 3 to 6 have not.</summary>
    private async Task AfterGapAsync(Gap gap, long gone)
    {
        var lease = await AppendAsync(await TakeOverAsync(), Readings.HeartRates(1, 2));
        await AppendAsync(lease, Readings.Batch(Readings.Entry(7, gap)));
        await StateIsAsync(received: 3, gone, missing: 4 - gone);
    }

    private async Task StateIsAsync(long received, long gone, long missing)
    {
        var state = (await _log.JournalsAsync(Stop)).Single(one => one.Journal == Readings.Journal);
        Assert.Equal((received, gone, missing), (state.Received, state.Gone, state.Missing));
    }
}
