using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>A position has one meaning outside, also after an old copy of the journal was put back.</summary>
public sealed class GenerationTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_journal_that_goes_on_is_proven_and_stays_itself()
    {
        Guid first;
        await using (var journal = Open())
        {
            first = journal.Id.Guid;
            await journal.ProveAsync(0);
            await WriteAsync(journal, 1, 5);
            await journal.ProveAsync(5);
        }

        await using var again = Open();
        await WriteAsync(again, 6, 7);
        await again.ProveAsync(5);
        await again.ProveAsync(7);
        Assert.Equal([new JournalGeneration(first, 0)], again.Generations);
    }

    [Fact]
    public async Task An_old_copy_gives_what_it_writes_to_a_new_generation()
    {
        Guid first;
        await using (var journal = Open())
        {
            first = journal.Id.Guid;
            await WriteAsync(journal, 1, 5);
            await journal.ProveAsync(0);
        }

        var copies = new[] { "journal.db", "journal.note" }.Select(name => (Path: _folder.File(name), Bytes: File.ReadAllBytes(_folder.File(name)))).ToList();
        await using (var journal = Open())
        {
            await WriteAsync(journal, 6, 9);
            await journal.ProveAsync(5);
        }

        copies.ForEach(copy => File.WriteAllBytes(copy.Path, copy.Bytes));
        await using (var restored = Open())
        {
            await WriteAsync(restored, 20, 21);
        }

        // Started once more before the cloud could be reached: what proves the file is its first opening.
        await using var again = Open();
        await again.ProveAsync(9);
        Assert.Equal([first, again.Id.Guid], again.Generations.Select(one => one.Guid));
        Assert.Equal(5, again.Generations[1].Base);
        Assert.NotEqual(first, again.Id.Guid);
        await again.ProveAsync(0);
        Assert.Equal(2, again.Generations.Count);
        Assert.Equal(2, again.Generations[1].OnWire(7));
    }

    [Fact]
    public async Task A_file_that_is_opened_again_after_an_error_is_not_taken_for_an_old_copy()
    {
        var fails = false;
        void BeforeCommit()
        {
            if (fails)
            {
                fails = false;
                throw new Microsoft.Data.Sqlite.SqliteException("disk I/O error", 10);
            }
        }

        await using var journal = Open(options => options with { BeforeCommit = BeforeCommit });
        await journal.ProveAsync(0);
        await WriteAsync(journal, 1, 50);
        fails = true;
        await Assert.ThrowsAsync<IOException>(async () => await WriteAsync(journal, 51, 51));

        // Opened again while the connection to the cloud goes on; the next connection asks what the cloud holds.
        await WriteAsync(journal, 51, 100);
        await journal.ProveAsync(100);
        Assert.Single(journal.Generations);
    }

    [Fact]
    public async Task A_long_run_that_is_gone_of_a_new_generation_is_told_in_one_entry()
    {
        await using var journal = Open();
        await WriteAsync(journal, 1, 2_100);
        await journal.WriteAsync(new JournalWrite
        {
            Rows = (connection, _) => JournalTables.Execute(connection, "delete from entry where position between 11 and 2090"),
        });
        await journal.BeginAnewAsync(10, "the tail is lost");
        var told = Assert.Single(JournalAccount.Gaps(journal), gap => gap.Journal == journal.Id.Guid);
        Assert.Equal([new Interval(1, 2_080)], told.Runs);
        Assert.Equal(2_080, told.Count);
    }

    [Fact]
    public async Task What_is_gone_of_a_new_generation_is_told_under_its_new_name()
    {
        await using var journal = Open();
        await WriteAsync(journal, 1, 9);
        await journal.WriteAsync(new JournalWrite { SetAside = [new SetAside(7, "uplink", "too large")] });
        await journal.BeginAnewAsync(4, "the tail is lost");
        var told = JournalAccount.Gaps(journal).Where(gap => gap.Journal == journal.Id.Guid).SelectMany(gap => gap.Runs);
        Assert.Equal([new Interval(3, 3)], told);
    }

    [Fact]
    public async Task Payloads_of_former_generations_stay_readable()
    {
        await using (var journal = Open())
        {
            await WriteAsync(journal, 1, 3);
            await journal.BeginAnewAsync(3, "test");
            await WriteAsync(journal, 4, 5);
        }

        await using var again = Open();
        await WriteAsync(again, 6, 6);
        Assert.Equal(6, again.Read(1, 10, 10, int.MaxValue).Count);
    }

    [Fact]
    public async Task A_reader_that_came_too_late_tells_exactly_what_it_missed()
    {
        await using var journal = Open();
        await WriteAsync(journal, 1, 9);
        await journal.WriteAsync(new JournalWrite
        {
            SetAside = [new SetAside(2, "uplink", "x"), new SetAside(3, "uplink", "x"), new SetAside(6, "uplink", "x")],
        });
        using var reader = new Counting(journal);
        await reader.StartAsync(TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync("the gap is told", () => JournalAccount.Gaps(journal).Any(gap => gap.Reader == "counting"), TimeSpan.FromSeconds(20));
        await reader.StopAsync(TestContext.Current.CancellationToken);
        var gap = Assert.Single(JournalAccount.Gaps(journal), gap => gap.Reader == "counting");
        Assert.Equal([new Interval(2, 3), new Interval(6, 6)], gap.Runs);
        Assert.Equal(3, gap.Count);
        Assert.DoesNotContain(2, reader.Seen);
        Assert.Contains(9, reader.Seen);
    }

    private static ValueTask<IReadOnlyList<long>> WriteAsync(SqliteJournal journal, int from, int to) =>
        journal.WriteAsync(Sample.Write(Enumerable.Range(from, to - from + 1).Select(i => Sample.HeartRate(i))));

    private SqliteJournal Open(Func<JournalOptions, JournalOptions>? change = null)
    {
        var options = new JournalOptions { Folder = _folder.Path, ReserveMegabytes = 0 };
        return SqliteJournal.Open(change is null ? options : change(options), "gw-01", TimeProvider.System, Acknowledged.Create);
    }

    private sealed class Counting(IJournal journal)
        : JournalFollower("counting", journal, TimeProvider.System, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance)
    {
        public System.Collections.Concurrent.ConcurrentBag<long> Seen { get; } = [];

        protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
        {
            foreach (var entry in entries)
            {
                Seen.Add(entry.Position);
            }

            await Journal.WriteAsync(new JournalWrite { Rows = (connection, _) => StoreCursor(connection, entries[^1].Position) }, cancellation);
        }
    }
}
