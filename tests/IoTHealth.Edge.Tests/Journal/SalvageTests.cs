using System.Buffers.Binary;
using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>
/// A damaged file recovers by itself: nothing new is taken for old, everything readable is kept, what is lost is told, and the
/// file goes on. The damage is done to a copy of the folder of a journal that was running (as a kill leaves it).
/// </summary>
public sealed class SalvageTests : IDisposable
{
    private const int PageSize = 4_096;
    private const int Entries = 1_500;

    private static readonly Origin[] Origins = [new("a", new DateOnly(2026, 11, 24)), new("b", new DateOnly(2026, 11, 25))];

    private readonly TestFolder _folder = new();
    private readonly TestFolder _damaged = new();

    public enum Kind
    {
        Header,
        TableInterior,
        TableLeaf,
        IndexInterior,
        IndexLeaf,
        Overflow,
        Free,
    }

    public void Dispose()
    {
        _folder.Dispose();
        _damaged.Dispose();
    }

    [Theory]
    [InlineData(Kind.Header, 1)]
    [InlineData(Kind.TableInterior, 2)]
    [InlineData(Kind.TableLeaf, 3)]
    [InlineData(Kind.IndexInterior, 4)]
    [InlineData(Kind.IndexLeaf, 5)]
    [InlineData(Kind.Overflow, 6)]
    [InlineData(Kind.Free, 7)]
    public async Task A_flipped_bit_in_a_page(Kind kind, int seed)
    {
        var before = await FillAsync(isClosed: true);
        var bytes = File.ReadAllBytes(File_("journal.db"));
        var pages = PagesOf(bytes, kind);
        Assert.NotEmpty(pages);
        var random = new Random(seed);
        for (var i = 0; i < 4; i++)
        {
            Restore(bytes);
            var at = (pages[random.Next(pages.Count)] - 1) * PageSize + (i % 2 == 0 ? random.Next(kind == Kind.Header ? 100 : 12) : random.Next(PageSize));
            Flip(File_("journal.db"), at, random.Next(8));
            File.Delete(File_("journal.note"));
            File.Copy(_folder.File("journal.note"), File_("journal.note"));
            await AssertSoundAsync(before, lostMaximum: 40, $"{kind} at {at}");
        }
    }

    [Fact]
    public async Task A_page_of_zeros_in_every_place_of_the_schema_and_trees()
    {
        var before = await FillAsync(isClosed: true);
        var bytes = File.ReadAllBytes(File_("journal.db"));
        foreach (var page in new[] { 1 }.Concat(PagesOf(bytes, Kind.TableInterior).Take(2)).Concat(PagesOf(bytes, Kind.IndexInterior).Take(1)))
        {
            Restore(bytes);
            using (var file = File.OpenWrite(File_("journal.db")))
            {
                file.Position = (page - 1L) * PageSize;
                file.Write(new byte[PageSize]);
            }

            await AssertSoundAsync(before, lostMaximum: 40, $"page {page}");
        }
    }

    [Theory]
    [InlineData("frame")]
    [InlineData("header")]
    public async Task A_flipped_bit_in_the_write_ahead_log(string where)
    {
        var before = await FillAsync(isClosed: false);
        var log = new FileInfo(File_("journal.db-wal"));
        Assert.True(log.Length > 20 * PageSize, "the log is not empty");
        Flip(log.FullName, where == "header" ? 17 : 32 + 24 + 3 * (24 + PageSize) + 2_000, 3);
        await AssertSoundAsync(before, lostMaximum: 40, where);
    }

    [Fact]
    public async Task A_lost_last_part_of_the_file()
    {
        var before = await FillAsync(isClosed: true);
        using (var file = File.OpenWrite(File_("journal.db")))
        {
            file.SetLength(file.Length / 2 / PageSize * PageSize);
        }

        await AssertSoundAsync(before, lostMaximum: Entries, "truncated");
    }

    /// <summary>Nothing is lost to the cloud, so that no gap is told: what is written next must still not take a number that was given.</summary>
    [Fact]
    public async Task A_lost_tail_that_was_delivered_gives_no_position_twice()
    {
        long head;
        await using (var journal = Open(_folder.Path))
        {
            await WriteAsync(journal, 0, Entries);
            await JournalAccount.AcknowledgeAsync(journal, new Interval(1, journal.Head));
            head = journal.Head;
        }

        using (var file = File.OpenWrite(_folder.File("journal.db")))
        {
            file.SetLength(file.Length / 2 / PageSize * PageSize);
        }

        await using (Open(_folder.Path))
        {
        }

        await using var again = Open(_folder.Path);
        Assert.Equal([head + 1], await again.WriteAsync(Write(9_000)));
        Assert.Equal(1, GenerationTable.Of(again.Generations, head + 1).OnWire(head + 1));
        Assert.Equal(1, new JournalAccount(again).Lines.Sum(line => line.Waiting));
    }

    [Theory]
    [InlineData("empty")]
    [InlineData("garbage")]
    [InlineData("gone")]
    public async Task A_file_that_is_none_any_more(string what)
    {
        var before = await FillAsync(isClosed: true);
        File.Delete(File_("journal.db"));
        if (what != "gone")
        {
            var random = new byte[100_000];
            new Random(1).NextBytes(random);
            File.WriteAllBytes(File_("journal.db"), what == "empty" ? [] : random);
        }

        await AssertSoundAsync(before, lostMaximum: Entries + 100, what);
    }

    [Fact]
    public async Task An_older_copy_of_the_file_alone_is_known_for_one()
    {
        byte[] old;
        await using (var journal = Open(_folder.Path))
        {
            await WriteAsync(journal, 0, 50);
        }

        old = File.ReadAllBytes(_folder.File("journal.db"));
        await using (var journal = Open(_folder.Path))
        {
            await WriteAsync(journal, 50, 30);
        }

        File.WriteAllBytes(_folder.File("journal.db"), old);
        await using var again = Open(_folder.Path);
        var account = new JournalAccount(again);
        Assert.Equal(Enumerable.Range(51, 30).Select(position => (long)position), account.Told.Order());
        Assert.Equal(2, again.Generations.Count);
        Assert.True((await again.WriteAsync(Write(200)))[0] > 80);
    }

    [Fact]
    public async Task A_salvage_that_was_cut_short_is_finished()
    {
        var before = await FillAsync(isClosed: true);
        Flip(File_("journal.db"), 20, 1);
        await AssertSoundAsync(before, 40, "header");
        File.Move(File_("journal.db"), File_("journal.db.salvaged"));
        await using var again = Open(_damaged.Path);
        Assert.Equal(2, again.Generations.Count);
    }

    [Fact]
    public async Task Open_calls_are_made_again_out_of_the_alarms_where_their_table_is_lost()
    {
        static Alarm Alarm(int number, string device) => new(
            MeasurementId.Of("alarm", $"{number}"), "bed-exit", new DeviceId(device), MeasurementId.Of($"{number}"), Sample.Noon, Sample.Noon, "high", "101", "離床",
            "left the bed", History: false);

        int root;
        IReadOnlyList<(MeasurementId, long, bool, string?)> before;
        await using (var journal = Open(_folder.Path))
        {
            await WriteAsync(journal, 0, 100);
            foreach (var (number, device) in new[] { (0, "a"), (1, "b"), (2, "a"), (3, "c") })
            {
                var alarm = Alarm(number, device);
                var by = number == 3 ? new Acknowledgement(alarm.Id, "nurse.sato", Sample.Noon) : null;
                await journal.WriteAsync(AlarmMonitor.ToWrite(new StorableCall(alarm, TimeSpan.FromSeconds(60), [], by), [], Sample.Noon));
            }

            before = Calls(journal);
            Assert.Equal(2, journal.Query(CallTables.CountOpen));
            root = (int)journal.Query(connection => JournalTables.Number(connection, "select rootpage from sqlite_master where name = 'call'"));
        }

        var bytes = File.ReadAllBytes(_folder.File("journal.db"));
        Array.Clear(bytes, (root - 1) * PageSize, PageSize);
        File.WriteAllBytes(_folder.File("journal.db"), bytes);
        var note = File.ReadAllText(_folder.File("journal.note"));
        File.WriteAllText(_folder.File("journal.note"), note.Replace("\"IsClosed\":true", "\"IsClosed\":false", StringComparison.Ordinal));
        await using var again = Open(_folder.Path);
        Assert.Equal(2, again.Generations.Count);
        Assert.Equal(before, Calls(again));
        Assert.Equal(2, again.Query(CallTables.CountOpen));
    }

    private static IReadOnlyList<(MeasurementId, long, bool, string?)> Calls(SqliteJournal journal) =>
        [.. journal.Query(connection => CallTables.List(connection, 10)).Select(call => (call.Alarm, call.Position, call.History, call.AcknowledgedBy))];

    [Fact]
    public async Task A_damage_found_while_it_runs_is_mended_while_it_runs()
    {
        await using var journal = Open(_folder.Path);
        await WriteAsync(journal, 0, Entries);
        await journal.WriteAsync(new JournalWrite { Rows = (connection, _) => { } });
        Checkpoint(journal);
        var bytes = File.ReadAllBytes(_folder.File("journal.db"));
        var root = PagesOf(bytes, Kind.TableInterior)[0];
        using (var file = File.OpenWrite(_folder.File("journal.db")))
        {
            file.Position = (root - 1L) * PageSize;
            file.Write(new byte[8]);
        }

        await Eventually.HoldsAsync("it is read again", () => CountOrNothing(journal) == Entries, TimeSpan.FromSeconds(20));
        Assert.NotEmpty(Directory.GetFiles(_folder.Path, "journal.damaged-*.db"));
        Assert.True((await journal.WriteAsync(Write(9_999)))[0] > Entries);
    }

    private static int CountOrNothing(SqliteJournal journal)
    {
        try
        {
            return journal.Read(1, Entries, int.MaxValue, int.MaxValue).Count;
        }
        catch (Exception e) when (e is IOException or Microsoft.Data.Sqlite.SqliteException)
        {
            return 0;
        }
    }

    private static void Checkpoint(SqliteJournal journal)
    {
        var path = journal.Query(connection => connection.DataSource);
        using var other = JournalTables.Open(path, write: true);
        JournalTables.Execute(other, "pragma wal_checkpoint(truncate)");
    }

    private async Task AssertSoundAsync(Dictionary<long, (MeasurementId Id, string Payload)> before, int lostMaximum, string what)
    {
        await using var journal = Open(_damaged.Path);
        var head = before.Keys.Max();
        var written = await journal.WriteAsync(Write(50_000));
        Assert.True(written[0] > head, $"{what}: {written[0]} was given before");
        Dictionary<long, (MeasurementId, string)>? after = null;
        await Eventually.HoldsAsync($"{what}: it can be read", () => (after = All(journal)) is not null, TimeSpan.FromSeconds(20));
        foreach (var (position, entry) in after!.Where(pair => pair.Key <= head))
        {
            Assert.True(before.TryGetValue(position, out var original) && entry == (original.Id, original.Payload), $"{what}: {position} is another");
        }

        var lost = before.Keys.Where(position => !after!.ContainsKey(position)).ToList();
        var account = new JournalAccount(journal);
        Assert.True(lost.Count <= lostMaximum, $"{what}: {lost.Count} are lost");
        Assert.Empty(lost.Where(position => position > 100).Except(account.Told));
        Assert.Empty(account.Told.Intersect(after!.Keys));
        account.AssertLedger();
    }

    private static Dictionary<long, (MeasurementId, string)>? All(SqliteJournal journal)
    {
        try
        {
            return journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue)
                .ToDictionary(entry => entry.Position, entry => (entry.Id, Convert.ToHexString(entry.Payload.Span))) is { } all && all.ContainsKey(journal.Head)
                ? all
                : ReadOn(journal);
        }
        catch (Exception e) when (e is IOException or Microsoft.Data.Sqlite.SqliteException)
        {
            return null;
        }
    }

    // A damaged entry ends a read before it; the next begins with it.
    private static Dictionary<long, (MeasurementId, string)> ReadOn(SqliteJournal journal)
    {
        var all = new Dictionary<long, (MeasurementId, string)>();
        for (var from = 1L; from <= journal.Head;)
        {
            var entries = journal.Read(from, long.MaxValue, int.MaxValue, int.MaxValue);
            foreach (var entry in entries)
            {
                all[entry.Position] = (entry.Id, Convert.ToHexString(entry.Payload.Span));
            }

            from = entries.Count == 0 ? journal.Head + 1 : entries[^1].Position + 1;
        }

        return all;
    }

    // A journal of many kinds of pages, and a copy of its folder as it is closed, or as a kill would leave it.
    private async Task<Dictionary<long, (MeasurementId, string)>> FillAsync(bool isClosed)
    {
        Dictionary<long, (MeasurementId, string)> all;
        var journal = Open(_folder.Path);
        await WriteAsync(journal, 0, Entries);
        for (var i = 0; i < 5; i++)
        {
            await journal.WriteAsync(new JournalWrite
            {
                Entries = [new NewEntry(EntryKind.DocumentPart, MeasurementId.Of($"part {i}"), 0, EntryPriority.Episode, new byte[20_000])],
                Quarantine = [new QuarantinedBytes("robot", $"reason {i}", new byte[] { 1, 2, 3 }) { Origin = Origins[0] }],
            });
        }

        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 100));
        await journal.WriteAsync(new JournalWrite { SetAside = [.. Enumerable.Range(1_000, 60).Select(i => new SetAside(i, "uplink", "too large"))] });
        all = All(journal)!;
        if (isClosed)
        {
            await journal.DisposeAsync();
        }

        foreach (var file in Directory.GetFiles(_folder.Path, "*"))
        {
            var name = Path.GetFileName(file);
            if (name is not "journal.lock" and not "journal.db-shm")
            {
                File.Copy(file, File_(name), overwrite: true);
                File.SetUnixFileMode(File_(name), UnixFileMode.UserRead | UnixFileMode.UserWrite);
            }
        }

        await journal.DisposeAsync();
        if (isClosed)
        {
            // As if it had not been closed: only then is it looked through.
            var note = File.ReadAllText(_folder.File("journal.note"));
            File.WriteAllText(_folder.File("journal.note"), note.Replace("\"IsClosed\":true", "\"IsClosed\":false", StringComparison.Ordinal));
            File.Copy(_folder.File("journal.note"), File_("journal.note"), overwrite: true);
        }

        return all;
    }

    private void Restore(byte[] bytes)
    {
        foreach (var file in Directory.GetFiles(_damaged.Path, "journal.d*"))
        {
            File.Delete(file);
        }

        File.WriteAllBytes(File_("journal.db"), bytes);
        File.Copy(_folder.File("journal.note"), File_("journal.note"), overwrite: true);
    }

    private string File_(string name) => _damaged.File(name);

    private static void Flip(string path, long at, int bit)
    {
        using var file = File.Open(path, FileMode.Open, FileAccess.ReadWrite);
        file.Position = at;
        var value = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(value ^ (1 << bit)));
    }

    private static List<int> PagesOf(byte[] bytes, Kind kind)
    {
        var free = new HashSet<int>();
        for (var trunk = Word(bytes, 32); trunk != 0; trunk = Word(bytes, (trunk - 1) * PageSize))
        {
            free.Add(trunk);
            free.UnionWith(Enumerable.Range(0, Word(bytes, (trunk - 1) * PageSize + 4)).Select(i => Word(bytes, (trunk - 1) * PageSize + 8 + 4 * i)));
        }

        // The second page is the pointer map of an auto-vacuum file.
        return
        [
            .. Enumerable.Range(1, bytes.Length / PageSize).Where(page => page != 2 && kind == (page == 1 ? Kind.Header : free.Contains(page) ? Kind.Free : bytes[(page - 1) * PageSize] switch
            {
                5 => Kind.TableInterior,
                13 => Kind.TableLeaf,
                2 => Kind.IndexInterior,
                10 => Kind.IndexLeaf,
                _ => Kind.Overflow,
            })),
        ];
    }

    private static int Word(byte[] bytes, int at) => (int)BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    private static JournalWrite Write(int sequence) => new() { Entries = [Reading(sequence)] };

    private static NewEntry Reading(int sequence) => Sample.Entry(Sample.HeartRate(sequence)) with { Origin = Origins[sequence % 2] };

    private static async Task WriteAsync(SqliteJournal journal, int from, int count)
    {
        foreach (var part in Enumerable.Range(from, count).Chunk(50))
        {
            await journal.WriteAsync(new JournalWrite { Entries = [.. part.Select(Reading)] });
        }
    }

    private static SqliteJournal Open(string folder) => SqliteJournal.Open(
        new JournalOptions { Folder = folder, ReserveMegabytes = 0, SeenInMemory = 100 }, "gw-01", TimeProvider.System, CallTables.Create, Acknowledged.Create);
}
