using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// Chooses what may go, in small steps on the writer's thread. What the cloud has goes first, the oldest first. Of what it does not
/// have only readings go, chosen clinically: streams thinned to one a device, kind and minute, then whole streams, then readings
/// likewise. Alarms, episodes, assignments, clocks, acknowledgements and gaps never go before the cloud has them.
/// </summary>
internal sealed class Eviction
{
    private const int RowsOfStep = 2_000;
    private const int BytesOfStep = 1 << 20;

    // In the order in which they are given up.
    private static readonly (EntryPriority Level, bool Thin)[] Order =
        [(EntryPriority.Stream, true), (EntryPriority.Stream, false), (EntryPriority.Reading, true), (EntryPriority.Reading, false)];

    private readonly SqliteConnection _connection;
    private readonly JournalKeys _keys;
    private readonly JournalOptions _options;
    private readonly TimeProvider _time;
    private readonly string? _delivered;
    private readonly long[] _cursors = new long[Order.Length];
    private readonly Dictionary<(string Device, string Kind), long>[] _kept = [.. Order.Select(_ => new Dictionary<(string, string), long>())];

    private long _deliveredCursor;

    public Eviction(SqliteConnection connection, JournalKeys keys, JournalOptions options, TimeProvider time)
    {
        (_connection, _keys, _options, _time) = (connection, keys, options, time);
        _delivered = DeliveredQuery(connection);
    }

    /// <summary>One step.</summary>
    /// <param name="rows">The transaction.</param>
    /// <param name="isPressed">Whether space is needed; otherwise only what the cloud has and what is old enough goes.</param>
    /// <returns>False when nothing more may go.</returns>
    public bool Step(JournalRows rows, bool isPressed)
    {
        rows.NoteDay();
        var before = isPressed ? rows.Head : Math.Min(rows.Head, DayStarts.Before(_connection, _time, _options.KeepDays));
        return ForgetDelivered(rows, before) || (isPressed && GiveUp(rows));
    }

    // What is needed longer: assignments and clocks for ever, alarms while somebody is being called.
    private static string? DeliveredQuery(SqliteConnection connection)
    {
        if (!HasTable(connection, "acknowledged"))
        {
            return null;
        }

        var open = HasTable(connection, "call")
            ? "and not (e.kind = 2 and exists (select 1 from call c where c.alarm = e.id and c.acknowledged_at is null and c.history = 0))"
            : "";
        return
            $"""
            select e.position from acknowledged a cross join entry e
            where a.to_position > $after and e.position between max(a.from_position, $after + 1) and min(a.to_position, $before - 1)
              and e.kind not in (4, 7) {open}
            limit {RowsOfStep}
            """;
    }

    private static bool HasTable(SqliteConnection connection, string table) =>
        JournalTables.Number(connection, "select count(*) from sqlite_master where type = 'table' and name = $name", ("$name", table)) > 0;

    private bool ForgetDelivered(JournalRows rows, long before)
    {
        if (_delivered is null)
        {
            return false;
        }

        var positions = Delivered(_deliveredCursor, before);
        if (positions.Count == 0 && _deliveredCursor > 0)
        {
            // The cloud may have taken what lies before the cursor since: nothing it does not have goes before that.
            positions = Delivered(0, before);
        }

        rows.Forget(positions);
        _deliveredCursor = positions.Count > 0 ? positions.Max() : 0;
        return positions.Count > 0;
    }

    private List<long> Delivered(long after, long before)
    {
        var positions = new List<long>();
        using var command = JournalTables.Command(_connection, _delivered!, ("$after", after), ("$before", before));
        using var found = command.ExecuteReader();
        while (found.Read())
        {
            positions.Add(found.GetInt64(0));
        }

        return positions;
    }

    private bool GiveUp(JournalRows rows)
    {
        for (var stage = 0; stage < Order.Length; stage++)
        {
            if (Scan(stage, rows.Head) is not { } scanned)
            {
                continue;
            }

            if (scanned.Gone.Count > 0)
            {
                rows.GiveUp(scanned.Gone, GapCause.Evicted, Reason(Order[stage].Thin));
                rows.Repack(scanned.Kept);
            }

            return true;
        }

        return false;
    }

    private static string Reason(bool thin) => thin
        ? "the journal is full: thinned to one a minute, 記録が満杯のため間引きました"
        : "the journal is full: the oldest were given up, 記録が満杯のため古いものを破棄しました";

    // The next rows of a stage, those that go and those that stay; null where the stage has seen all.
    private (List<Gone> Gone, List<EntryRow> Kept)? Scan(int stage, long head)
    {
        var (level, thin) = Order[stage];
        using var opener = new SealOpener(_keys);
        using var command = JournalTables.Command(
            _connection, $"select {EntryRow.Columns} from entry where position > $after and position < $head order by position limit {RowsOfStep}",
            ("$after", _cursors[stage]), ("$head", head));
        using var found = command.ExecuteReader();
        var (gone, kept) = (new List<Gone>(), new List<EntryRow>());
        for (long bytes = 0; bytes < BytesOfStep && found.Read();)
        {
            var row = EntryRow.Read(found);
            _cursors[stage] = row.Position;
            bytes += row.Sealed.Length;
            if (row.Priority == (int)level && row.Kind == (int)EntryKind.Measurement && (!thin || !IsFirstOfMinute(_kept[stage], row, opener)))
            {
                gone.Add(row.Gone);
            }
            else
            {
                kept.Add(row);
            }
        }

        return gone.Count + kept.Count > 0 ? (gone, kept) : null;
    }

    // A row that cannot be read is kept: its reader sets it aside and says so.
    private static bool IsFirstOfMinute(Dictionary<(string Device, string Kind), long> kept, EntryRow row, SealOpener opener)
    {
        try
        {
            if (!WireForm.TryDecodeMeasurement(row.Open(opener), out var measurement, out _))
            {
                return true;
            }

            var minute = measurement.Time.Instant.UtcTicks / TimeSpan.TicksPerMinute;
            var key = (measurement.Device.Value, measurement.Kind);
            if (kept.TryGetValue(key, out var last) && last == minute)
            {
                return false;
            }

            kept[key] = minute;
            return true;
        }
        catch (IOException)
        {
            return true;
        }
    }
}
