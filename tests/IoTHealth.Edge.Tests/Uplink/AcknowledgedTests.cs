using CsCheck;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class AcknowledgedTests
{
    private static readonly Gen<(bool Add, Interval Run)[]> Changes = Gen
        .Select(Gen.Bool, Gen.Long[1, 60], Gen.Long[0, 12], (add, from, length) => (add, new Interval(from, from + length))).Array[0, 60];

    [Fact]
    public void The_rows_are_the_set_of_positions_as_merged_runs() => Changes.Sample(changes =>
    {
        using var connection = new SqliteConnection("Data Source=:memory:");
        connection.Open();
        JournalTables.Execute(connection, Acknowledged.Create);
        var positions = new HashSet<long>();
        var set = new IntervalSet();
        foreach (var (add, run) in changes)
        {
            Action<SqliteConnection, Interval> row = add ? AcknowledgedTable.Add : AcknowledgedTable.Remove;
            row(connection, run);
            Action<long, long> change = add ? set.Add : set.Remove;
            change(run.From, run.To);
            for (var position = run.From; position <= run.To; position++)
            {
                _ = add ? positions.Add(position) : positions.Remove(position);
            }
        }

        var rows = AcknowledgedTable.Load(connection);
        Assert.Equal(positions.Order(), rows.OrderBy(run => run.From).SelectMany(run => Enumerable.Range((int)run.From, (int)run.Count).Select(i => (long)i)));
        Assert.Equal(rows.OrderBy(run => run.From), new IntervalSet(rows));
        Assert.Equal(rows.OrderBy(run => run.From), set);
    });
}
