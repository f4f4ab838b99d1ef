using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Uplink;

/// <summary>The acknowledged runs as rows: disjoint, merged, and changed only where something changes.</summary>
internal static class AcknowledgedTable
{
    public const string Create =
        "create table if not exists acknowledged (from_position integer primary key, to_position integer not null);";

    public static List<Interval> Load(SqliteConnection connection) => Select(connection, "select from_position, to_position from acknowledged");

    public static void Add(SqliteConnection connection, Interval run)
    {
        var beside = Touching(connection, run.From - 1, run.To + 1);
        beside.ForEach(old => Delete(connection, old));
        Insert(connection, new Interval(beside.Select(old => old.From).Append(run.From).Min(), beside.Select(old => old.To).Append(run.To).Max()));
    }

    public static void Remove(SqliteConnection connection, Interval run)
    {
        foreach (var old in Touching(connection, run.From, run.To))
        {
            Delete(connection, old);
            if (old.From < run.From)
            {
                Insert(connection, old with { To = run.From - 1 });
            }

            if (old.To > run.To)
            {
                Insert(connection, old with { From = run.To + 1 });
            }
        }
    }

    // The runs are disjoint, so that only the last that begins before can reach in.
    private static List<Interval> Touching(SqliteConnection connection, long from, long to) => Select(
        connection,
        """
        select from_position, to_position from acknowledged where to_position >= $from and from_position <= $to
          and from_position >= coalesce((select max(from_position) from acknowledged where from_position <= $from), 0)
        """,
        ("$from", from), ("$to", to));

    private static void Insert(SqliteConnection connection, Interval run) => JournalTables.Execute(
        connection, "insert into acknowledged (from_position, to_position) values ($from, $to)", ("$from", run.From), ("$to", run.To));

    private static void Delete(SqliteConnection connection, Interval run) =>
        JournalTables.Execute(connection, "delete from acknowledged where from_position = $from", ("$from", run.From));

    private static List<Interval> Select(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        using var command = JournalTables.Command(connection, sql, parameters);
        using var rows = command.ExecuteReader();
        var runs = new List<Interval>();
        while (rows.Read())
        {
            runs.Add(new Interval(rows.GetInt64(0), rows.GetInt64(1)));
        }

        return runs;
    }
}
