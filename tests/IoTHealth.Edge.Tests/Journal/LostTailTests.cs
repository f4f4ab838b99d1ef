using IoTHealth.Edge.Alarming;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>A journal that lost its tail, all of which the cloud has: there is no gap to tell, and yet no position is given twice.</summary>
public sealed class LostTailTests : IDisposable
{
    private const int Entries = 1_500;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task What_comes_after_it_is_new_and_waits_to_be_sent()
    {
        await using (var journal = Open())
        {
            foreach (var part in Enumerable.Range(0, Entries).Chunk(50))
            {
                await journal.WriteAsync(Sample.Write(part.Select(number => Sample.HeartRate(number))));
            }

            await JournalAccount.AcknowledgeAsync(journal, new Interval(1, Entries));
        }

        using (var file = File.OpenWrite(_folder.File("journal.db")))
        {
            file.SetLength(file.Length / 2 / 4_096 * 4_096);
        }

        for (var start = 0; start < 3; start++)
        {
            await using var journal = Open();
            var given = Assert.Single(await journal.WriteAsync(Sample.Write(Sample.HeartRate(Entries + start))));
            Assert.InRange(given, Entries + 1, Entries + 20);
            Assert.Equal(given, journal.Head);
            Assert.True(journal.Generations[^1].Base >= Entries);
            using var acknowledged = new Acknowledged(journal);
            Assert.False(acknowledged.Contains(given), $"position {given} is taken for one that the cloud has");
        }
    }

    private SqliteJournal Open() => SqliteJournal.Open(
        new JournalOptions { Folder = _folder.Path, ReserveMegabytes = 0 }, "gw-01", TimeProvider.System, CallTables.Create, Acknowledged.Create);
}
