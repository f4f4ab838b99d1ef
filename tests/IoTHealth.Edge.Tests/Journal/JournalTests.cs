using System.Text;
using CsCheck;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Tests.Journal;

public sealed class JournalTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Positions_are_dense_and_go_on_after_reopening()
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync(Sample.Write(Sample.HeartRate(1), Sample.HeartRate(2)));
            await journal.WriteAsync(Sample.Write(Sample.HeartRate(1), Sample.HeartRate(3)));
        }

        await using var again = Open();
        await again.WriteAsync(Sample.Write(Sample.HeartRate(4)));
        Assert.Equal([1L, 2, 3, 4], again.Read(1, long.MaxValue, 100, int.MaxValue).Select(e => e.Position));
        Assert.Equal(4, again.Head);
    }

    [Fact]
    public async Task The_same_reading_is_stored_once_and_another_content_is_a_new_revision()
    {
        await using var journal = Open();
        var first = await journal.WriteAsync(Sample.Write(Sample.HeartRate(1, 60)));
        var repeat = await journal.WriteAsync(Sample.Write(Sample.HeartRate(1, 60)));
        var revised = await journal.WriteAsync(Sample.Write(Sample.HeartRate(1, 61)));
        Assert.Equal([1L], first);
        Assert.Equal([0L], repeat);
        Assert.Equal([2L], revised);
        var entries = journal.Read(1, 2, 10, int.MaxValue);
        Assert.Equal(entries[0].Id, entries[1].Id);
        Assert.NotEqual(entries[0].Revision, entries[1].Revision);
    }

    [Fact]
    public async Task Nothing_readable_of_a_payload_lies_on_disk()
    {
        var secret = Encoding.UTF8.GetBytes("a-very-recognisable-payload");
        await using (var journal = Open())
        {
            await journal.WriteAsync(new JournalWrite
            {
                Entries = [new NewEntry(EntryKind.Measurement, MeasurementId.Of("x"), 1, EntryPriority.Reading, secret)],
                Quarantine = [new QuarantinedBytes("robot-01", "not JSON", secret)],
            });
            Assert.All(Directory.GetFiles(_folder.Path, "journal.db*"), path => Assert.Equal(-1, File.ReadAllBytes(path).AsSpan().IndexOf(secret)));
            Assert.Equal(secret, journal.Quarantine(1)[0].Bytes.Raw.ToArray());
        }
    }

    [Theory]
    [InlineData("update entry set sealed = (select sealed from entry where position = 2) where position = 1")]
    [InlineData("update entry set sealed = zeroblob(length(sealed)) where position = 1")]
    [InlineData("update entry set sealed = x'00' where position = 1")]
    [InlineData("update entry set key = 7 where position = 1")]
    public async Task A_payload_that_was_changed_or_moved_is_refused(string tampering)
    {
        await using (var journal = Open())
        {
            await journal.WriteAsync(Sample.Write(Sample.HeartRate(1), Sample.HeartRate(2)));
        }

        using (var connection = JournalTables.Open(_folder.File("journal.db"), write: true))
        {
            Assert.Equal(1, JournalTables.Execute(connection, tampering));
        }

        await using var again = Open();
        Assert.Throws<IOException>(() => again.Read(1, 1, 1, int.MaxValue));
    }

    [Fact]
    public async Task A_journal_without_its_key_or_with_another_ones_does_not_open()
    {
        await Open().DisposeAsync();
        var key = _folder.File("box.key");
        File.Move(key, key + ".away");
        Assert.Contains("is missing", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);

        File.WriteAllBytes(key, new byte[32]);
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Contains("belongs to another one", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);

        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Contains("chmod 600", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_bad_write_takes_no_neighbour_with_it()
    {
        await using var journal = Open();
        var writes = Enumerable.Range(1, 40).Select(async i =>
        {
            var write = Sample.Write(Sample.HeartRate(i));
            await journal.WriteAsync(i == 20 ? write with { Rows = (_, _) => throw new InvalidOperationException("bad rows") } : write);
        }).ToList();
        await Assert.ThrowsAsync<IOException>(() => writes[19]);
        await Task.WhenAll(writes.Where((_, index) => index != 19));
        Assert.Equal(39, journal.Head);
        Assert.Equal(39, journal.Read(1, 100, 100, int.MaxValue).Count);
    }

    [Fact]
    public async Task A_failed_commit_fails_its_callers_and_the_next_one_succeeds()
    {
        var failing = true;
        await using var journal = SqliteJournal.Open(
            new JournalOptions { Folder = _folder.Path, BeforeCommit = () => { if (failing) { throw new IOException("disk"); } } },
            "gw", TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(async () => await journal.WriteAsync(Sample.Write(Sample.HeartRate(1))));
        Assert.Equal(0, journal.Head);
        failing = false;
        Assert.Equal([1L], await journal.WriteAsync(Sample.Write(Sample.HeartRate(1))));
    }

    [Fact]
    public async Task Whatever_is_written_in_whatever_groups_is_read_back_once()
    {
        await using var journal = Open();
        var model = new HashSet<(MeasurementId, ulong)>();
        var sequences = Gen.Int[1, 60].List[1, 8].List[1, 12].Array[1, 4].Single();
        foreach (var round in sequences)
        {
            await Task.WhenAll(round.Select(async group =>
                await journal.WriteAsync(Sample.Write(group.Select(s => Sample.HeartRate(s, 40 + s % 3))))));
            model.UnionWith(round.SelectMany(g => g).Select(s => Sample.Entry(Sample.HeartRate(s, 40 + s % 3))).Select(e => (e.Id, e.Revision)));
        }

        var read = journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue);
        Assert.Equal(model.Count, read.Count);
        Assert.Equal(model, read.Select(e => (e.Id, e.Revision)).ToHashSet());
        Assert.Equal(Enumerable.Range(1, read.Count).Select(i => (long)i), read.Select(e => e.Position));
    }

    [Fact]
    public async Task One_folder_serves_one_gateway_at_a_time()
    {
        await using (Open())
        {
            Assert.Contains("another gateway", Assert.Throws<IOException>(Open).Message, StringComparison.Ordinal);
        }

        await Open().DisposeAsync();
        Assert.All(Directory.GetFiles(_folder.Path), file => Assert.Equal(
            UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
    }

    [Fact]
    public async Task A_journal_that_cannot_be_written_says_so_until_it_can()
    {
        var failing = true;
        await using var journal = SqliteJournal.Open(
            new JournalOptions { Folder = _folder.Path, BeforeCommit = () => { if (failing) { throw new IOException("disk"); } } },
            "gw", TimeProvider.System);
        await Assert.ThrowsAsync<IOException>(async () => await journal.WriteAsync(Sample.Write(Sample.HeartRate(1))));
        Assert.Equal("disk", journal.Trouble);
        failing = false;
        await journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        Assert.Null(journal.Trouble);
    }

    [Fact]
    public async Task The_same_bytes_refused_for_the_same_reason_are_kept_once()
    {
        await using var journal = Open();
        QuarantinedBytes Bytes(string source, string reason, string raw) => new(source, reason, Encoding.UTF8.GetBytes(raw));
        await journal.WriteAsync(new JournalWrite { Quarantine = [Bytes("a", "r", "x"), Bytes("a", "r", "x"), Bytes("a", "r", "y")] });
        await journal.WriteAsync(new JournalWrite { Quarantine = [Bytes("a", "r", "x"), Bytes("b", "r", "x"), Bytes("a", "s", "x")] });
        Assert.Equal([4L, 3, 2, 1], journal.Quarantine(10).Select(one => one.Number));
    }

    [Fact]
    public async Task A_reader_cannot_write()
    {
        await using var journal = Open();
        Assert.Throws<SqliteException>(() => journal.Query(connection => JournalTables.Execute(connection, "delete from entry")));
    }

    private SqliteJournal Open() => SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System);
}
