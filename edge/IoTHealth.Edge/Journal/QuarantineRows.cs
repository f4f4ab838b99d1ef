using System.Security.Cryptography;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Refused bytes within the writer's transactions: bounded in rows and bytes, the oldest go first.</summary>
internal sealed class QuarantineRows : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly LedgerCounts _counts;
    private readonly Statement _insert;

    private long _last;
    private long _rows;
    private long _bytes;

    public QuarantineRows(SqliteConnection connection, JournalOptions options, TimeProvider time, LedgerCounts counts)
    {
        (_connection, _options, _time, _counts) = (connection, options, time, counts);
        _insert = new Statement(
            connection, "insert into quarantine (number, source, reason, at, device, day, key, sealed) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)");
        Reload();
    }

    /// <summary>The id under which the same bytes, refused for the same reason, are known.</summary>
    public static MeasurementId IdOf(QuarantinedBytes bytes) =>
        MeasurementId.Of("quarantine", bytes.Source, bytes.Reason, Convert.ToHexString(SHA256.HashData(bytes.Raw.Span)));

    /// <summary>Adds bytes, sealed at the negative number, so that no payload can be passed off as an entry's.</summary>
    public void Add(QuarantinedBytes bytes, int? device, int? day, int keyId, EntrySeal seal)
    {
        var payload = seal.Seal(-++_last, bytes.Raw.Span);
        _insert.Bind(1, _last).Bind(2, bytes.Source).Bind(3, bytes.Reason).Bind(4, _time.GetUtcNow().UtcTicks)
            .Bind(5, device).Bind(6, day).Bind(7, (long)keyId).Bind(8, payload).Run();
        _rows++;
        _bytes += payload.Length;
    }

    /// <summary>Notes that an item is done with.</summary>
    /// <returns>Its line of the ledger; null where it had none or was done with before.</returns>
    public (int Device, int Day)? Settle(long number)
    {
        using var command = JournalTables.Command(
            _connection, "update quarantine set settled = $now where number = $number and settled is null returning device, day",
            ("$number", number), ("$now", _time.GetUtcNow().UtcTicks));
        using var rows = command.ExecuteReader();
        return rows.Read() && !rows.IsDBNull(0) && !rows.IsDBNull(1) ? (rows.GetInt32(0), rows.GetInt32(1)) : null;
    }

    /// <summary>Lets the oldest go while there is too much; never the newest, whose number must not be given twice.</summary>
    public void KeepWithin()
    {
        while ((_rows > _options.QuarantineRows || _bytes > _options.QuarantineMegabytes * (1L << 20)) && _rows > 1)
        {
            using var command = JournalTables.Command(
                _connection,
                "delete from quarantine where number = (select min(number) from quarantine) and number < $last returning length(sealed), device, day, settled",
                ("$last", _last));
            using var rows = command.ExecuteReader();
            if (!rows.Read())
            {
                return;
            }

            _rows--;
            _bytes -= rows.GetInt64(0);
            if (!rows.IsDBNull(1) && !rows.IsDBNull(2) && rows.IsDBNull(3))
            {
                var (device, day) = (rows.GetInt32(1), rows.GetInt32(2));
                _counts.Of(device, day).Quarantined--;
                _counts.Gap(device, day, GapCause.QuarantineFull);
            }
        }
    }

    /// <summary>Goes back to what was committed.</summary>
    public void Reload()
    {
        _last = JournalTables.Number(_connection, "select coalesce(max(number), 0) from quarantine");
        _rows = JournalTables.Number(_connection, "select count(*) from quarantine");
        _bytes = JournalTables.Number(_connection, "select coalesce(sum(length(sealed)), 0) from quarantine");
    }

    public void Dispose() => _insert.Dispose();
}
