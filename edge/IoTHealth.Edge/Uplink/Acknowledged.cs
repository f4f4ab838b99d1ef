using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Uplink;

/// <summary>Which positions the cloud holds, kept in the journal's database as merged runs. Thread-safe.</summary>
public sealed class Acknowledged
{
    public const string Create =
        "create table if not exists acknowledged (from_position integer primary key, to_position integer not null);";

    private readonly Lock _lock = new();
    private readonly IntervalSet _runs;

    public Acknowledged(IJournal journal) => _runs = new IntervalSet(journal.Query(Load));

    /// <summary>Positions of [1, head] that the cloud is not known to hold.</summary>
    public long Behind(long head)
    {
        lock (_lock)
        {
            return head - _runs.Count;
        }
    }

    /// <summary>The first run of [from, to] that is neither acknowledged nor under way.</summary>
    public Interval? FirstMissing(long from, long to, IntervalSet underWay)
    {
        lock (_lock)
        {
            var free = _runs.Missing(from, to).SelectMany(run => underWay.Missing(run.From, run.To));
            return free.Select(run => (Interval?)run).FirstOrDefault();
        }
    }

    /// <summary>Everything up to here is acknowledged.</summary>
    public long Prefix
    {
        get
        {
            lock (_lock)
            {
                return _runs.FirstOrDefault() is { From: 1 } first ? first.To : 0;
            }
        }
    }

    public void Add(IEnumerable<long> positions)
    {
        lock (_lock)
        {
            foreach (var position in positions)
            {
                _runs.Add(position);
            }
        }
    }

    /// <summary>The rows that say so, for one of the journal's transactions.</summary>
    public Action<SqliteConnection, IReadOnlyList<long>> Rows()
    {
        List<Interval> runs;
        lock (_lock)
        {
            runs = [.. _runs];
        }

        return (connection, _) =>
        {
            JournalTables.Execute(connection, "delete from acknowledged");
            foreach (var run in runs)
            {
                JournalTables.Execute(
                    connection, "insert into acknowledged (from_position, to_position) values ($from, $to)", ("$from", run.From), ("$to", run.To));
            }
        };
    }

    private static List<Interval> Load(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select from_position, to_position from acknowledged");
        using var rows = command.ExecuteReader();
        var runs = new List<Interval>();
        while (rows.Read())
        {
            runs.Add(new Interval(rows.GetInt64(0), rows.GetInt64(1)));
        }

        return runs;
    }
}
