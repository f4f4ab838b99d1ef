using Microsoft.Data.Sqlite;

namespace IoTHealth.Soak;

/// <summary>What the edge says it gave up: the ledger that goes with its gap entries.</summary>
internal static class GivenUp
{
    /// <summary>Readings given up, by serial number of the device.</summary>
    public static IReadOnlyDictionary<string, long> Of(string edgeData, IEnumerable<string> serials)
    {
        using var journal = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = Path.Combine(edgeData, "journal.db"), Mode = SqliteOpenMode.ReadOnly, Pooling = false,
        }.ToString());
        journal.Open();
        using var query = journal.CreateCommand();
        query.CommandText = "select d.id, sum(g.count) from ledger_gap g join ledger_device d on d.number = g.device group by d.id";
        using var rows = query.ExecuteReader();
        var given = new Dictionary<string, long>(StringComparer.Ordinal);
        while (rows.Read())
        {
            var id = rows.GetString(0);
            given.Add(serials.Single(serial => id.EndsWith(serial, StringComparison.Ordinal)), rows.GetInt64(1));
        }

        return given;
    }
}
