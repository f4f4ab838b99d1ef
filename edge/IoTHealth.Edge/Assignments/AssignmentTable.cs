using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Assignments;

/// <summary>Where the journal holds assignments. Who holds what is in the sealed entries alone.</summary>
public static class AssignmentTable
{
    public const string Create = "create table if not exists assignment (position integer primary key);";

    public static void Add(SqliteConnection connection, IEnumerable<long> positions)
    {
        foreach (var position in positions.Where(position => position > 0))
        {
            JournalTables.Execute(connection, "insert or ignore into assignment (position) values ($position)", ("$position", position));
        }
    }

    public static IReadOnlyList<long> Positions(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select position from assignment order by position");
        using var rows = command.ExecuteReader();
        var positions = new List<long>();
        while (rows.Read())
        {
            positions.Add(rows.GetInt64(0));
        }

        return positions;
    }
}
