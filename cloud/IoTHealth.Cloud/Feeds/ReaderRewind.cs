using IoTHealth.Cloud.Ledger;
using IoTHealth.Cloud.Log;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Brings all readers back to a log that is shorter than what they have read: it was restored from an earlier copy than theirs. Its
/// positions will be given anew, and without this what comes under them would be passed over in silence.
/// </summary>
public sealed class ReaderRewind(SqliteFile file)
{
    /// <summary>Tables whose rows speak of a place in the log.</summary>
    private static readonly string[] Placed = ["awaiting", "revised", "withheld", "refused"];

    /// <param name="heads">Last position of each shard of the log.</param>
    /// <param name="cancellation">Ends the work before it is committed.</param>
    /// <returns>How many shards were read further than they reach.</returns>
    public Task<int> RunAsync(IReadOnlyDictionary<int, long> heads, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            var beyond = connection.List("select shard, max(position) from cursor group by shard", row => (Shard: row.GetInt32(0), At: row.GetInt64(1)))
                .Where(cursor => cursor.At > heads.GetValueOrDefault(cursor.Shard)).Select(cursor => cursor.Shard).ToList();
            foreach (var shard in beyond)
            {
                var head = heads.GetValueOrDefault(shard);
                connection.Run("update cursor set position = $1 where shard = $0 and position > $1", shard, head);
                foreach (var table in Placed)
                {
                    connection.Run($"delete from {table} where shard = $0 and position > $1", shard, head);
                }

                CountAnew(connection, shard);
            }

            return beyond.Count;
        },
        cancellation);

    /// <summary>What the ledger knows of gaps names no place in the log, so it reads the shard from its beginning.</summary>
    private static void CountAnew(SqliteConnection connection, int shard)
    {
        connection.Run("delete from ledger_reading where shard = $0", shard);
        connection.Run("delete from ledger_gap where shard = $0", shard);
        connection.Run("delete from cursor where feed = $0 and shard = $1", LedgerStore.Reader, shard);
        foreach (var gateway in connection.List("select distinct gateway from ledger_gone", row => row.GetString(0)).Where(one => Shards.Of(one) == shard))
        {
            connection.Run("delete from ledger_gone where gateway = $0", gateway);
        }
    }
}
