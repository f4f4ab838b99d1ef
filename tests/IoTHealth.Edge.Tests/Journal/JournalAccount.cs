using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Journal;

/// <summary>What a journal holds and what it says of what it does not hold, counted from its rows and gap entries alone.</summary>
internal sealed class JournalAccount
{
    public JournalAccount(SqliteJournal journal)
    {
        // Eviction goes on between groups: what is read at different moments is no account.
        do
        {
            Head = journal.Head;
            Read(journal);
        }
        while (journal.Head != Head);
    }

    private void Read(SqliteJournal journal)
    {
        Entries = journal.Query(connection =>
        {
            using var command = JournalTables.Command(connection, "select position, kind, priority, device, day from entry order by position");
            using var rows = command.ExecuteReader();
            var entries = new List<(long, EntryKind, EntryPriority, bool)>();
            while (rows.Read())
            {
                entries.Add((rows.GetInt64(0), (EntryKind)rows.GetInt32(1), (EntryPriority)rows.GetInt32(2), !rows.IsDBNull(3)));
            }

            return entries;
        });
        Here = [.. Entries.Select(entry => entry.Position)];
        Told = [.. Gaps(journal).Where(gap => gap.Reader == "journal").SelectMany(gap => Positions(journal, gap))];
        Lines = journal.Query(connection => Ledger.Read(connection, DateOnly.MinValue, DateOnly.MaxValue));
        Delivered = new IntervalSet(journal.Query(connection =>
        {
            using var command = JournalTables.Command(connection, "select from_position, to_position from delivered");
            using var rows = command.ExecuteReader();
            var runs = new List<Interval>();
            while (rows.Read())
            {
                runs.Add(new Interval(rows.GetInt64(0), rows.GetInt64(1)));
            }

            return runs;
        }));
    }

    public IReadOnlyList<(long Position, EntryKind Kind, EntryPriority Priority, bool IsCounted)> Entries { get; private set; } = [];

    public HashSet<long> Here { get; private set; } = [];

    /// <summary>Positions that gap entries say will not come; a position told twice is listed twice.</summary>
    public IReadOnlyList<long> Told { get; private set; } = [];

    public IReadOnlyList<LedgerLine> Lines { get; private set; } = [];

    public IntervalSet Delivered { get; private set; } = [];

    public long Head { get; }

    public IEnumerable<long> Holes => Enumerable.Range(1, (int)Head).Select(position => (long)position).Where(position => !Here.Contains(position));

    /// <summary>Every line balances, and what it says of waiting readings is what lies there.</summary>
    public void AssertLedger()
    {
        Assert.All(Lines, line => Assert.True(line.IsBalanced, line.ToString()));
        Assert.Equal(Entries.Count(entry => entry.IsCounted && !Delivered.Contains(entry.Position)), Lines.Sum(line => line.Waiting));
    }

    /// <summary>What is not here was either delivered or told, once; what is told is not here.</summary>
    public void AssertTold(IntervalSet acknowledged)
    {
        Assert.Equal(Told.Count, Told.Distinct().Count());
        Assert.DoesNotContain(Told, Here.Contains);
        Assert.Equal(Holes.Where(position => !acknowledged.Contains(position)), Told.Where(position => !acknowledged.Contains(position)).Order());
    }

    /// <summary>Notes positions as taken by the cloud, as the uplink does.</summary>
    public static Task AcknowledgeAsync(SqliteJournal journal, params Interval[] runs) => journal.WriteAsync(new JournalWrite
    {
        Rows = (connection, _) =>
        {
            foreach (var run in runs)
            {
                JournalTables.Execute(
                    connection, "insert or replace into acknowledged (from_position, to_position) values ($from, $to)", ("$from", run.From), ("$to", run.To));
            }

            Ledger.Delivered(connection, runs);
        },
    }).AsTask();

    public static IEnumerable<Gap> Gaps(SqliteJournal journal) => journal.Read(1, long.MaxValue, int.MaxValue, int.MaxValue)
        .Where(entry => entry.Kind == EntryKind.Gap)
        .Select(entry => WireForm.TryDecodeGap(entry.Payload, out var gap, out var reason) ? gap : throw new InvalidOperationException(reason));

    private static IEnumerable<long> Positions(SqliteJournal journal, Gap gap)
    {
        var generation = journal.Generations.First(one => one.Guid == gap.Journal);
        var positions = gap.Runs.SelectMany(run => Enumerable.Range((int)generation.InJournal(run.From), (int)run.Count).Select(position => (long)position)).ToList();
        Assert.Equal(gap.Count, positions.Count);
        return positions;
    }
}
