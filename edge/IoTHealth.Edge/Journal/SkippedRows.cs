using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>What a reader found gone when it came there: noted with its cursor, kept until a gap entry has told it.</summary>
internal static class SkippedRows
{
    /// <summary>The runs after a position that the entries read next do not hold.</summary>
    public static IReadOnlyList<Interval> Between(long after, IReadOnlyList<Entry> entries)
    {
        var missed = new List<Interval>();
        foreach (var entry in entries)
        {
            if (entry.Position > after + 1)
            {
                missed.Add(new Interval(after + 1, entry.Position - 1));
            }

            after = entry.Position;
        }

        return missed;
    }

    public static void Note(SqliteConnection connection, string reader, IReadOnlyList<Interval> runs)
    {
        foreach (var run in runs)
        {
            JournalTables.Execute(
                connection, "insert or replace into skipped (reader, from_position, to_position) values ($reader, $from, $to)",
                ("$reader", reader), ("$from", run.From), ("$to", run.To));
        }
    }

    /// <summary>As many runs as one gap entry tells.</summary>
    public static IReadOnlyList<Interval> Load(SqliteConnection connection, string reader)
    {
        using var command = JournalTables.Command(
            connection, $"select from_position, to_position from skipped where reader = $reader order by from_position limit {GapEntries.RunsMaximum}",
            ("$reader", reader));
        using var rows = command.ExecuteReader();
        var runs = new List<Interval>();
        while (rows.Read())
        {
            runs.Add(new Interval(rows.GetInt64(0), rows.GetInt64(1)));
        }

        return runs;
    }

    /// <summary>The gap entries that tell them, one for each generation.</summary>
    public static IEnumerable<NewEntry> Gaps(string reader, IReadOnlyList<Interval> runs, IReadOnlyList<JournalGeneration> generations)
    {
        foreach (var part in GenerationTable.Split(generations, runs).GroupBy(part => part.Generation, part => part.Run))
        {
            var told = part.Select(run => new Interval(part.Key.OnWire(run.From), part.Key.OnWire(run.To))).ToList();
            yield return GapEntries.Entry(
                new Gap(reader, told[0].From, told[^1].To, told.Sum(run => run.Count), "had gone from the journal before this reader came to them")
                {
                    Journal = part.Key.Guid,
                    Runs = told,
                },
                part.First().From);
        }
    }

    public static void Forget(SqliteConnection connection, string reader, IReadOnlyList<Interval> runs)
    {
        foreach (var run in runs)
        {
            JournalTables.Execute(connection, "delete from skipped where reader = $reader and from_position = $from", ("$reader", reader), ("$from", run.From));
        }
    }
}
