using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Pairing;

/// <summary>The 'to be paired' list on disk.</summary>
public static class PairingTable
{
    public const string Create =
        """
        create table if not exists stranger (
          number integer primary key, link text not null, told text not null, model text not null, heard_at text not null,
          first integer not null, last integer not null, times integer not null, quarantine text not null);
        """;

    /// <summary>Puts a list in the place of the one before.</summary>
    public static void Store(SqliteConnection connection, IEnumerable<Stranger> strangers)
    {
        JournalTables.Execute(connection, "delete from stranger");
        foreach (var one in strangers)
        {
            JournalTables.Execute(
                connection,
                """
                insert into stranger (number, link, told, model, heard_at, first, last, times, quarantine)
                values ($number, $link, $told, $model, $where, $first, $last, $times, $quarantine)
                """,
                ("$number", one.Number), ("$link", one.Link), ("$told", one.Told), ("$model", one.Model), ("$where", one.Where),
                ("$first", one.First.UtcTicks), ("$last", one.Last.UtcTicks), ("$times", one.Times), ("$quarantine", one.Quarantine));
        }
    }

    public static IReadOnlyList<Stranger> Load(SqliteConnection connection)
    {
        using var command = JournalTables.Command(
            connection, "select number, link, told, model, heard_at, first, last, times, quarantine from stranger order by number");
        using var rows = command.ExecuteReader();
        var strangers = new List<Stranger>();
        while (rows.Read())
        {
            strangers.Add(new Stranger(
                rows.GetInt64(0), rows.GetString(1), rows.GetString(2), rows.GetString(3), rows.GetString(4),
                new DateTimeOffset(rows.GetInt64(5), TimeSpan.Zero), new DateTimeOffset(rows.GetInt64(6), TimeSpan.Zero), rows.GetInt64(7), rows.GetString(8)));
        }

        return strangers;
    }
}
