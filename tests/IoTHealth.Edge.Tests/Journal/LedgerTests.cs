using CsCheck;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>The equation of law 3 holds whatever happens in whatever order, and its numbers are those of a model that knows no tables.</summary>
public sealed class LedgerTests
{
    private static readonly Origin[] Origins =
        [.. from device in new[] { "a", "b" } from day in new[] { 0, 1 } select new Origin(device, new DateOnly(2026, 11, 24).AddDays(day))];

    private static readonly Gen<(int What, int Which, int Count)[]> Steps =
        Gen.Select(Gen.Int[0, 6], Gen.Int[0, 40], Gen.Int[1, 12]).Array[5, 40];

    [Fact]
    public void Holds_under_any_sequence() => Steps.Sample(steps => RunAsync(steps).GetAwaiter().GetResult(), iter: 40, threads: 2);

    [Fact]
    public async Task What_the_cloud_asks_for_again_counts_once()
    {
        using var folder = new TestFolder();
        await using var journal = Open(folder);
        await journal.WriteAsync(new JournalWrite { Entries = [.. Enumerable.Range(0, 10).Select(i => Reading(i))] });
        await JournalAccount.AcknowledgeAsync(journal, new Interval(2, 4), new Interval(6, 6));
        await JournalAccount.AcknowledgeAsync(journal, new Interval(1, 7));
        await JournalAccount.AcknowledgeAsync(journal, new Interval(3, 9));
        var account = new JournalAccount(journal);
        Assert.Equal((10, 9, 1), (account.Lines.Sum(l => l.Measured), account.Lines.Sum(l => l.Delivered), account.Lines.Sum(l => l.Waiting)));
        Assert.Equal(new[] { new Interval(1, 9) }, account.Delivered);
    }

    private static async Task RunAsync((int What, int Which, int Count)[] steps)
    {
        using var folder = new TestFolder();
        var journal = Open(folder);
        var known = new Dictionary<int, Origin>();
        var refused = new Dictionary<string, Origin>();
        var retried = new HashSet<string>();
        foreach (var (what, which, count) in steps)
        {
            var head = journal.Head;
            switch (what)
            {
                case 0 or 1:
                    await journal.WriteAsync(new JournalWrite { Entries = [.. Enumerable.Range(which, count).Select(i => Reading(i))] });
                    Enumerable.Range(which, count).ToList().ForEach(i => known.TryAdd(i, Origins[i % 4]));
                    break;
                case 2:
                    await journal.WriteAsync(new JournalWrite { Quarantine = [Refusal(which)] });
                    refused.TryAdd($"{which}", Origins[which % 4]);
                    break;
                case 3 when head > 0:
                    var from = Math.Min(which + 1, head);
                    await JournalAccount.AcknowledgeAsync(journal, new Interval(from, Math.Min(head, from + count)));
                    break;
                case 4 when head > 0:
                    await journal.WriteAsync(new JournalWrite { SetAside = [new SetAside(Math.Min(which + 1, head), "uplink", "too large")] });
                    break;
                case 5 when journal.Quarantine(100).FirstOrDefault(one => one.Bytes.Source == "robot") is { Bytes: { } bytes } item:
                    var sequence = 1_000 + bytes.Raw.Span[0];
                    await journal.WriteAsync(new JournalWrite { Settled = [item.Number], Entries = [Reading(sequence, bytes.Origin)] });
                    retried.Add($"{bytes.Raw.Span[0]}");
                    break;
                case 6:
                    await journal.DisposeAsync();
                    journal = Open(folder);
                    break;
            }
        }

        var account = new JournalAccount(journal);
        account.AssertLedger();
        foreach (var origin in Origins)
        {
            var line = account.Lines.SingleOrDefault(one => one.Device == origin.Device && one.Day == origin.Day);
            Assert.Equal(known.Values.Count(o => o == origin) + refused.Values.Count(o => o == origin), line?.Measured ?? 0);
        }

        await journal.DisposeAsync();
    }

    private static QuarantinedBytes Refusal(int which) => new("robot", "not JSON", new[] { (byte)which }) { Origin = Origins[which % 4] };

    private static NewEntry Reading(int sequence, Origin? origin = null) =>
        Sample.Entry(Sample.HeartRate(sequence)) with { Origin = origin ?? Origins[sequence % 4] };

    private static SqliteJournal Open(TestFolder folder) => SqliteJournal.Open(
        new JournalOptions { Folder = folder.Path, ReserveMegabytes = 0, SeenInMemory = 20 }, "gw-01", TimeProvider.System, Acknowledged.Create);
}
