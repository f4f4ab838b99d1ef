using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Journal;

public sealed class JournalSpaceTests : IDisposable
{
    private const int Megabyte = 1 << 20;

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_journal_gives_up_readings_and_tells_each_and_never_an_episode()
    {
        await using var journal = Open();
        await FillAsync(journal, 12_000);
        var account = new JournalAccount(journal);
        account.AssertTold([]);
        account.AssertLedger();
        Assert.NotEmpty(account.Told);
        Assert.Equal(12_000, account.Lines.Sum(line => line.Measured));
        Assert.Equal(account.Told.Count, account.Lines.Sum(line => line.Gaps["evicted"]));
        Assert.Equal(120, account.Entries.Count(entry => entry.Priority == EntryPriority.Episode && entry.Kind == EntryKind.Measurement));
        Assert.InRange(new FileInfo(_folder.File("journal.db")).Length, 1, Megabyte);
        Assert.Null(journal.Trouble);
    }

    [Fact]
    public async Task Streams_go_before_readings_and_are_thinned_before_they_go()
    {
        await using var journal = Open();
        await FillAsync(journal, 4_500);
        var entries = new JournalAccount(journal).Entries.Where(entry => entry.Kind == EntryKind.Measurement).ToList();
        var streams = entries.Count(entry => entry.Priority == EntryPriority.Stream);
        Assert.InRange(streams, 20, 1_000);
        Assert.Equal(2_250, entries.Count(entry => entry.Priority == EntryPriority.Reading));
    }

    [Fact]
    public async Task What_the_cloud_has_goes_first_and_needs_no_gap()
    {
        await using var journal = Open();
        await FillAsync(journal, 2_000);
        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, journal.Head));
        await FillAsync(journal, 2_000, from: 2_000);
        var account = new JournalAccount(journal);
        Assert.Empty(account.Told);
        Assert.InRange(account.Holes.Count(), 1, 2_000);
        account.AssertLedger();
        Assert.Equal((4_000, 2_000), (account.Lines.Sum(line => line.Measured), account.Lines.Sum(line => line.Delivered)));
    }

    [Fact]
    public async Task What_the_cloud_has_is_kept_two_weeks_and_then_goes_except_the_last()
    {
        await using var journal = Open();
        await FillAsync(journal, 100);
        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 100));
        await LiveAsync(journal, 13);
        Assert.Equal(100, new JournalAccount(journal).Here.Count);
        await LiveAsync(journal, 2);
        await Eventually.HoldsAsync("only the last is kept", () => new JournalAccount(journal).Here.SetEquals([100]), TimeSpan.FromSeconds(20));
        Assert.Equal(100, journal.Head);
    }

    [Fact]
    public async Task A_clock_that_is_years_ahead_for_a_moment_ages_nothing()
    {
        var clock = new SteppingClock(Sample.Noon);
        await using (var journal = Open(time: clock))
        {
            await FillAsync(journal, 100);
            await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 100));
            clock.Step = TimeSpan.FromDays(3_650);
            await LiveAsync(journal, 0);
            Assert.Equal(100, new JournalAccount(journal).Here.Count);
            clock.Step = TimeSpan.Zero;
            await LiveAsync(journal, 0);
            Assert.Equal(100, new JournalAccount(journal).Here.Count);
        }
    }

    [Fact]
    public async Task What_the_cloud_takes_late_goes_before_what_it_does_not_have()
    {
        await using var journal = Open();
        await FillAsync(journal, 2_000);
        var acknowledged = new IntervalSet([new Interval(1_500, 2_000)]);
        await JournalAccount.AcknowledgeAsync(journal, new Interval(1_500, 2_000));
        var next = 2_000;
        for (; !new JournalAccount(journal).Holes.Any(position => position >= 1_500); next += 100)
        {
            Assert.True(next < 6_000, "the journal is never pressed");
            await FillAsync(journal, 100, next);
        }

        // Live went first, and the backlog behind it.
        var told = new JournalAccount(journal).Told.ToHashSet();
        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 2_000));
        await FillAsync(journal, 4_000, next);
        var newly = new JournalAccount(journal).Told.Where(position => !told.Contains(position)).ToList();
        Assert.DoesNotContain(newly, position => position <= 2_000);
        Assert.NotEmpty(newly);
    }

    [Fact]
    public async Task Where_nothing_can_be_let_go_it_is_tried_on_the_beat_and_not_all_the_time()
    {
        var (last, fails, tried) = (false, false, 0);
        void BeforeCommit()
        {
            Interlocked.Increment(ref tried);
            if (fails)
            {
                throw new Microsoft.Data.Sqlite.SqliteException("disk full", 13);
            }

            // A turn is over after one step, so that more is left to do; what follows the last write fails.
            _time.Advance(TimeSpan.FromMilliseconds(250));
            fails = last;
        }

        await using var journal = Open(options => options with { BeforeCommit = BeforeCommit, MaximumGroup = 1 });
        await Task.WhenAll(Enumerable.Range(0, 12).Select(write => journal.WriteAsync(new JournalWrite
        {
            Entries = [.. Enumerable.Range(write * 500, 500).Select(i => Entry(Sample.HeartRate(i)))],
            Rows = (_, _) => last = write == 11,
        }).AsTask()));
        await Eventually.HoldsAsync("it has failed", () => journal.Trouble is not null, TimeSpan.FromSeconds(20));
        var before = Volatile.Read(ref tried);
        await Assert.ThrowsAnyAsync<Exception>(
            () => Eventually.HoldsAsync("it is tried all the time", () => Volatile.Read(ref tried) > before + 3, TimeSpan.FromSeconds(1)));
        _time.Advance(TimeSpan.FromSeconds(1));
        await Eventually.HoldsAsync("it is tried on the beat", () => Volatile.Read(ref tried) > before, TimeSpan.FromSeconds(20));
        fails = last = false;
        Assert.True((await journal.WriteAsync(new JournalWrite { Entries = [Entry(Sample.HeartRate(90_000))] }))[0] > 0);
    }

    [Fact]
    public async Task Positions_go_on_after_everything_was_delivered_and_has_gone()
    {
        await using (var journal = Open())
        {
            await FillAsync(journal, 10);
            await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 10));
            await LiveAsync(journal, 20);
            await Eventually.HoldsAsync("the old has gone", () => new JournalAccount(journal).Here.Count == 1, TimeSpan.FromSeconds(20));
        }

        await using var again = Open();
        Assert.Equal([11L], await again.WriteAsync(new JournalWrite { Entries = [Entry(Sample.HeartRate(99))] }));
    }

    [Fact]
    public async Task A_journal_that_holds_nothing_it_may_give_up_refuses_readings_and_takes_episodes()
    {
        await using var journal = Open();
        var bytes = new byte[20_000];
        for (var i = 0; i < 60; i++)
        {
            await journal.WriteAsync(new JournalWrite { Entries = [new NewEntry(EntryKind.DocumentPart, MeasurementId.Of($"{i}"), 0, EntryPriority.Episode, bytes)] });
        }

        var refused = await Assert.ThrowsAsync<IOException>(async () => await journal.WriteAsync(new JournalWrite { Entries = [Entry(Sample.HeartRate(1))] }));
        Assert.Contains("not being stored", refused.Message, StringComparison.Ordinal);
        Assert.Contains("not being stored", journal.Trouble!, StringComparison.Ordinal);
        Assert.True((await journal.WriteAsync(new JournalWrite { Entries = [Entry(Sample.BedExit(1), EntryPriority.Episode)] }))[0] > 0);

        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 40));
        await Eventually.HoldsAsync("there is room again", () => journal.Trouble is null, TimeSpan.FromSeconds(20));
        Assert.True((await journal.WriteAsync(new JournalWrite { Entries = [Entry(Sample.HeartRate(1))] }))[0] > 0);
    }

    [Fact]
    public async Task Old_refusals_make_room_for_new_ones_and_the_ledger_says_so()
    {
        await using var journal = Open(options => options with { QuarantineRows = 10 });
        for (var i = 0; i < 25; i++)
        {
            await journal.WriteAsync(new JournalWrite { Quarantine = [new QuarantinedBytes("robot-01", "not JSON", new[] { (byte)i }) { Origin = Origin }] });
        }

        Assert.Equal(Enumerable.Range(16, 10).Select(n => (long)n).Reverse(), journal.Quarantine(100).Select(one => one.Number));
        var line = Assert.Single(new JournalAccount(journal).Lines);
        Assert.Equal((25, 10, 15), (line.Measured, line.Quarantined, line.Gaps["quarantine-full"]));
        Assert.True(line.IsBalanced);
    }

    [Fact]
    public async Task Ids_never_crowd_out_readings()
    {
        await using var journal = Open(options => options with { SeenInMemory = 1_000, MaximumMegabytes = 2 });
        await FillAsync(journal, 40_000, episodes: false);
        Assert.Null(journal.Trouble);
        var account = new JournalAccount(journal);
        account.AssertTold([]);
        account.AssertLedger();
        Assert.InRange(account.Here.Count, 100, 40_000);
        Assert.InRange(new FileInfo(_folder.File("journal.db")).Length, 1, 2 * Megabyte);
        Assert.Equal([0L], await journal.WriteAsync(new JournalWrite { Entries = [Entry(Sample.HeartRate(39_999, instant: Sample.Noon.AddSeconds(39_999)))] }));
    }

    private static Origin Origin => new("IoTHealth/WatchOver-1/R-0001", new DateOnly(2026, 11, 24));

    private static NewEntry Entry(Measurement measurement, EntryPriority priority = EntryPriority.Reading) =>
        Sample.Entry(measurement) with { Priority = priority, Origin = Origin };

    // One record a second: half of the readings are streams, one in a hundred is an episode.
    private static async Task FillAsync(SqliteJournal journal, int count, int from = 0, bool episodes = true, int batch = 100)
    {
        foreach (var part in Enumerable.Range(from, count).Chunk(batch))
        {
            await journal.WriteAsync(new JournalWrite
            {
                Entries = [.. part.Select(i => Entry(
                    episodes && i % 100 == 0 ? Sample.BedExit(i) : i % 2 == 0 ? Motion(i) : Sample.HeartRate(i, instant: Sample.Noon.AddSeconds(i)),
                    episodes && i % 100 == 0 ? EntryPriority.Episode : i % 2 == 0 ? EntryPriority.Stream : EntryPriority.Reading))],
            });
        }
    }

    private static Measurement Motion(int sequence) =>
        Sample.Measurement("body-motion", new MeasuredValue.Quantity(3, "/min"), sequence, Sample.Noon.AddSeconds(sequence));

    // Days on which the gateway runs; on each it looks once at what is old.
    private async Task LiveAsync(SqliteJournal journal, int days)
    {
        for (var day = 0; day <= days; day++)
        {
            _time.Advance(day == 0 ? TimeSpan.Zero : TimeSpan.FromDays(1));

            // What is done after a write has been done before the next.
            await journal.WriteAsync(new JournalWrite());
            await journal.WriteAsync(new JournalWrite());
        }
    }

    private SqliteJournal Open(Func<JournalOptions, JournalOptions>? change = null, TimeProvider? time = null)
    {
        var options = new JournalOptions { Folder = _folder.Path, MaximumMegabytes = 1, ReserveMegabytes = 0 };
        return SqliteJournal.Open(change is null ? options : change(options), "gw-01", time ?? _time, CallTables.Create, Acknowledged.Create);
    }
}
