using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The account of law 3 by device and day of receipt. The journal's writer counts what comes, goes to quarantine or is given up;
/// the uplink says what the cloud has taken.
/// </summary>
public static class Ledger
{
    public const string Create =
        """
        create table if not exists ledger_device (number integer primary key, id text not null unique);
        create table if not exists ledger (
          device integer not null, day integer not null, measured integer not null default 0, delivered integer not null default 0,
          waiting integer not null default 0, quarantined integer not null default 0, folded integer not null default 0,
          primary key (device, day)) without rowid;
        create table if not exists ledger_gap (
          device integer not null, day integer not null, cause text not null, count integer not null, primary key (device, day, cause)) without rowid;
        create table if not exists delivered (from_position integer primary key, to_position integer not null);
        """;

    /// <summary>
    /// Counts what the cloud has taken, within the transaction that notes it as acknowledged. Each position counts when it is
    /// first told here and never again, also where the cloud asked for it once more.
    /// </summary>
    public static void Delivered(SqliteConnection connection, IEnumerable<Interval> runs)
    {
        foreach (var run in runs)
        {
            var known = Known(connection, run);
            foreach (var first in new IntervalSet(known).Missing(run.From, run.To))
            {
                Count(connection, first);
            }

            foreach (var old in known)
            {
                JournalTables.Execute(connection, "delete from delivered where from_position = $from", ("$from", old.From));
            }

            JournalTables.Execute(
                connection, "insert into delivered (from_position, to_position) values ($from, $to)",
                ("$from", known.Select(old => old.From).Append(run.From).Min()), ("$to", known.Select(old => old.To).Append(run.To).Max()));
        }
    }

    /// <summary>Whether a position was counted as delivered.</summary>
    public static bool IsDelivered(SqliteConnection connection, long position) => JournalTables.Number(
        connection, "select to_position from delivered where from_position <= $position order by from_position desc limit 1", ("$position", position)) >= position;

    /// <summary>The lines of a range of days, oldest first.</summary>
    /// <param name="connection">A connection of the journal.</param>
    /// <param name="from">First day.</param>
    /// <param name="to">Last day.</param>
    /// <param name="device">Global device id; null for all.</param>
    public static IReadOnlyList<LedgerLine> Read(SqliteConnection connection, DateOnly from, DateOnly to, string? device = null)
    {
        var gaps = Gaps(connection, from, to);
        using var command = JournalTables.Command(
            connection,
            """
            select l.device, d.id, l.day, l.measured, l.delivered, l.waiting, l.quarantined, l.folded from ledger l join ledger_device d on d.number = l.device
            where l.day between $from and $to and ($device is null or d.id = $device) order by l.day, d.id
            """,
            ("$from", from.DayNumber), ("$to", to.DayNumber), ("$device", device));
        using var rows = command.ExecuteReader();
        var lines = new List<LedgerLine>();
        while (rows.Read())
        {
            lines.Add(new LedgerLine(
                rows.GetString(1), DateOnly.FromDayNumber(rows.GetInt32(2)), rows.GetInt64(3), rows.GetInt64(4), rows.GetInt64(5), rows.GetInt64(6),
                gaps.GetValueOrDefault((rows.GetInt32(0), rows.GetInt32(2)), []), rows.GetInt64(7)));
        }

        return lines;
    }

    private static Dictionary<(int Device, int Day), Dictionary<string, long>> Gaps(SqliteConnection connection, DateOnly from, DateOnly to)
    {
        using var command = JournalTables.Command(
            connection, "select device, day, cause, count from ledger_gap where day between $from and $to", ("$from", from.DayNumber), ("$to", to.DayNumber));
        using var rows = command.ExecuteReader();
        var gaps = new Dictionary<(int, int), Dictionary<string, long>>();
        while (rows.Read())
        {
            var line = (rows.GetInt32(0), rows.GetInt32(1));
            (gaps.TryGetValue(line, out var causes) ? causes : gaps[line] = [])[rows.GetString(2)] = rows.GetInt64(3);
        }

        return gaps;
    }

    // What touches the run or lies beside it, so that runs stay merged.
    private static List<Interval> Known(SqliteConnection connection, Interval run)
    {
        using var command = JournalTables.Command(
            connection,
            """
            select from_position, to_position from delivered where from_position <= $to + 1 and from_position >=
              coalesce((select max(from_position) from delivered where from_position <= $from), 0) and to_position >= $from - 1 order by from_position
            """,
            ("$from", run.From), ("$to", run.To));
        using var rows = command.ExecuteReader();
        var known = new List<Interval>();
        while (rows.Read())
        {
            known.Add(new Interval(rows.GetInt64(0), rows.GetInt64(1)));
        }

        return known;
    }

    private static void Count(SqliteConnection connection, Interval run) => JournalTables.Execute(
        connection,
        """
        insert into ledger (device, day, delivered, waiting)
        select device, day, count(*), -count(*) from entry where position between $from and $to and device is not null group by device, day
        on conflict (device, day) do update set delivered = delivered + excluded.delivered, waiting = waiting + excluded.waiting
        """,
        ("$from", run.From), ("$to", run.To));
}
