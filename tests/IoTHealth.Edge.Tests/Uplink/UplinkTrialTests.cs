using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>Random writes, failures, restarts and requests: nothing is noted that the cloud does not have, and everything arrives.</summary>
public sealed class UplinkTrialTests
{
    private const int Rounds = 6;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Whatever_fails_everything_arrives_and_nothing_is_noted_that_did_not(int seed)
    {
        var random = new Random(seed);
        using var folder = new TestFolder();
        await using var clock = new RunningClock();
        await using var journal = SqliteJournal.Open(new JournalOptions { Folder = folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        var cloud = new CloudDouble { Before = _ => Fail(random, 5), After = _ => Fail(random, 5) };
        var written = 0;
        for (var round = 0; round < Rounds; round++)
        {
            using var acknowledged = new Acknowledged(journal);
            using var uplink = new CloudUplink(journal, cloud, clock.Time, NullLogger<CloudUplink>.Instance, acknowledged);
            await uplink.StartAsync(CancellationToken.None);
            for (var write = Next(random, 8); write > 0; write--)
            {
                await journal.WriteAsync(new JournalWrite { Entries = [.. Enumerable.Range(0, 1 + Next(random, 700)).Select(_ => Entry(random, ++written))] });
                if (Next(random, 3) == 0)
                {
                    var from = 1 + Next(random, written);
                    await acknowledged.TakeBackAsync([new Interval(from, Math.Min(written, from + Next(random, 50)))], []);
                }
            }

            if (round == Rounds - 1)
            {
                await Eventually.SeesAsync("all acknowledged", _ => Task.FromResult((uplink.Behind, uplink.State)), seen => seen.Behind == 0, Patience);
            }

            await uplink.StopAsync(CancellationToken.None);
            AssertNoted(journal, cloud);
        }

        Assert.Equal(Enumerable.Range(1, written).Select(i => (long)i), cloud.Received.Distinct().Order());
        Assert.Empty(journal.Quarantine(10));
    }

    private static void AssertNoted(SqliteJournal journal, CloudDouble cloud)
    {
        var received = new IntervalSet(cloud.Received.Distinct().Order().Select(position => new Interval(position, position)));
        var noted = journal.Query(AcknowledgedTable.Load);
        Assert.Empty(noted.SelectMany(run => received.Missing(run.From, run.To)));
        Assert.Equal(noted.OrderBy(run => run.From), new IntervalSet(noted));
    }

    private static void Fail(Random random, int oneIn)
    {
        if (Next(random, oneIn) == 0)
        {
            throw new IOException("by chance");
        }
    }

    private static int Next(Random random, int below)
    {
        lock (random)
        {
            return random.Next(below);
        }
    }

    private static NewEntry Entry(Random random, int number) => Sample.Entry(Sample.HeartRate(number)) with
    {
        Priority = Next(random, 50) == 0 ? EntryPriority.Alarm : EntryPriority.Reading,
    };
}
