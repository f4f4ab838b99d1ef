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
        _time.Advance(TimeSpan.FromDays(13));
        await journal.WriteAsync(new JournalWrite());
        Assert.Equal(100, new JournalAccount(journal).Here.Count);
        _time.Advance(TimeSpan.FromDays(2));
        await Eventually.HoldsAsync("only the last is kept", () => new JournalAccount(journal).Here.SetEquals([100]), TimeSpan.FromSeconds(20));
        Assert.Equal(100, journal.Head);
    }

    [Fact]
    public async Task Positions_go_on_after_everything_was_delivered_and_has_gone()
    {
        await using (var journal = Open())
        {
            await FillAsync(journal, 10);
            await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 10));
            _time.Advance(TimeSpan.FromDays(20));
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
    private static async Task FillAsync(SqliteJournal journal, int count, int from = 0, bool episodes = true)
    {
        foreach (var part in Enumerable.Range(from, count).Chunk(100))
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

    private SqliteJournal Open(Func<JournalOptions, JournalOptions>? change = null)
    {
        var options = new JournalOptions { Folder = _folder.Path, MaximumMegabytes = 1, ReserveMegabytes = 0 };
        return SqliteJournal.Open(change is null ? options : change(options), "gw-01", _time, CallTables.Create, Acknowledged.Create);
    }
}
