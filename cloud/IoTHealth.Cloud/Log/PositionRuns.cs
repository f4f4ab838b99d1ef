using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>
/// Positions of each journal, kept in a table as runs that neither touch nor overlap. Finding what touches a run costs one
/// step in the index, however many runs there are.
/// </summary>
/// <param name="connection">The connection, in a transaction where something is written.</param>
/// <param name="table">Name of a table with gateway, journal, first and last.</param>
internal sealed class PositionRuns(SqliteConnection connection, string table)
{
    /// <summary>Adds a run; what touches it becomes one with it.</summary>
    public void Add(JournalId journal, Interval run)
    {
        var near = Take(journal, new Interval(run.From - 1, Math.Min(run.To, long.MaxValue - 1) + 1));
        Insert(journal, near.Aggregate(run, (all, one) => new Interval(Math.Min(all.From, one.From), Math.Max(all.To, one.To))));
    }

    /// <summary>Takes the positions of a run out, where they are in.</summary>
    public void Remove(JournalId journal, Interval run)
    {
        foreach (var cut in Take(journal, run))
        {
            if (cut.From < run.From)
            {
                Insert(journal, cut with { To = run.From - 1 });
            }

            if (cut.To > run.To)
            {
                Insert(journal, cut with { From = run.To + 1 });
            }
        }
    }

    /// <summary>The runs that share a position with the given one, whole.</summary>
    public IntervalSet Overlapping(JournalId journal, Interval run) => new(Near("select first, last from", "", journal, run));

    public IntervalSet Read(JournalId journal) => Overlapping(journal, new Interval(0, long.MaxValue));

    private List<Interval> Take(JournalId journal, Interval run) => Near("delete from", "returning first, last", journal, run);

    private List<Interval> Near(string verb, string returning, JournalId journal, Interval run) => connection.List(
        $"""
        {verb} {table} where gateway = $0 and journal = $1 and last >= $2 and first <= $3 and first >= coalesce(
            (select max(first) from {table} where gateway = $0 and journal = $1 and first <= $2), $2) {returning}
        """,
        row => new Interval(row.GetInt64(0), row.GetInt64(1)),
        journal.Gateway, journal.Guid.ToByteArray(bigEndian: true), run.From, run.To);

    private void Insert(JournalId journal, Interval run) => connection.Run(
        $"insert into {table}(gateway, journal, first, last) values($0, $1, $2, $3)",
        journal.Gateway, journal.Guid.ToByteArray(bigEndian: true), run.From, run.To);
}
