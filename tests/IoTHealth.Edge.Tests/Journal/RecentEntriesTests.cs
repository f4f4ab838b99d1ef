using IoTHealth.Edge.Journal;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

public sealed class RecentEntriesTests : IDisposable
{
    private readonly TestFolder _folder = new("recent");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_last_entries_come_from_memory_and_those_before_from_the_file()
    {
        await using var journal = Open(recent: 4);
        // After its first group the journal looks for what is too old, and forgets.
        await WriteAsync(journal, 1, 1);
        await WriteAsync(journal, 2, 9);
        var file = await WithoutMemoryAsync();
        for (var from = 1; from <= 11; from++)
        {
            Assert.Equal(file[(from - 1)..].Select(Told), journal.Read(from, long.MaxValue, int.MaxValue, int.MaxValue).Select(Told));
            Assert.Equal(file[(from - 1)..].Take(2).Select(Told), journal.Read(from, long.MaxValue, 2, int.MaxValue).Select(Told));
            Assert.Equal(file[(from - 1)..].Take(1).Select(Told), journal.Read(from, long.MaxValue, 2, 1).Select(Told));
            Assert.Equal(file[(from - 1)..].Take(2).Select(Told), journal.Read(from, from + 1, int.MaxValue, int.MaxValue).Select(Told));
        }

        await ChangeAllAsync(journal);
        Assert.Equal(file[6..].Select(Told), journal.Read(7, long.MaxValue, int.MaxValue, int.MaxValue).Select(Told));
        Assert.Throws<IOException>(() => journal.Read(6, long.MaxValue, int.MaxValue, int.MaxValue));
    }

    [Fact]
    public async Task What_was_set_aside_is_not_read_again_and_what_follows_is()
    {
        await using var journal = Open(recent: 100);
        await WriteAsync(journal, 1, 5);
        await journal.WriteAsync(new JournalWrite { SetAside = [new SetAside(4, "cloud", "too large")] });
        await WriteAsync(journal, 6, 3);
        Assert.Equal([1, 2, 3, 5, 6, 7, 8, 9], journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue).Select(entry => entry.Position));
        Assert.Equal([5, 6], journal.Read(4, 6, int.MaxValue, int.MaxValue).Select(entry => entry.Position));
        Assert.Equal([8, 9], journal.Read(8, long.MaxValue, int.MaxValue, int.MaxValue).Select(entry => entry.Position));
    }

    [Fact]
    public async Task A_known_reading_makes_no_hole()
    {
        await using var journal = Open(recent: 100);
        await WriteAsync(journal, 1, 3);
        await WriteAsync(journal, 2, 4);
        Assert.Equal([1, 2, 3, 4, 5], journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue).Select(entry => entry.Position));
    }

    private static (long, string, ulong, string) Told(Measurements.Entry entry) =>
        (entry.Position, entry.Id.ToString(), entry.Revision, Convert.ToHexString(entry.Payload.Span));

    private static async Task WriteAsync(SqliteJournal journal, int first, int count) =>
        await journal.WriteAsync(Sample.Write(Enumerable.Range(first, count).Select(number => Sample.HeartRate(number))));

    private static async Task ChangeAllAsync(SqliteJournal journal) =>
        await journal.WriteAsync(new JournalWrite { Rows = (connection, _) => JournalTables.Execute(connection, "update entry set sealed = zeroblob(40)") });

    private SqliteJournal Open(int recent, string folder = "data") => SqliteJournal.Open(
        new JournalOptions { Folder = Directory.CreateDirectory(_folder.File(folder)).FullName, RecentEntries = recent }, "gw-01", TimeProvider.System);

    private async Task<List<Measurements.Entry>> WithoutMemoryAsync()
    {
        await using var journal = Open(recent: 0, "other");
        await WriteAsync(journal, 1, 10);
        return [.. journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue)];
    }
}
