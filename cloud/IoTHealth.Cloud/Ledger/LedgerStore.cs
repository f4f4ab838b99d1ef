using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Ledger;

/// <summary>Whose and which day's every measurement and gap of the log is. What became of each is in the feeds' own tables.</summary>
public sealed class LedgerStore(SqliteFile file)
{
    public const string Schema = """
        create table if not exists ledger_reading(
            id blob not null, shard integer not null, position integer not null, gateway text not null, device text not null,
            day integer not null, primary key(id, shard, position)) without rowid;
        create index if not exists ledger_reading_day on ledger_reading(gateway, day);
        create table if not exists ledger_gap(
            shard integer not null, position integer not null, gateway text not null, device text not null, day integer not null,
            count integer not null, primary key(shard, position, device, day)) without rowid;
        create table if not exists ledger_gone(
            gateway text not null, journal blob not null, first integer not null, last integer not null,
            primary key(gateway, journal, first)) without rowid;
        """;

    /// <summary>Name of the reader's cursor.</summary>
    public const string Reader = "ledger";

    private const int LinesMaximum = 1_000;

    // Of several versions of a measurement the one that is least far says where it is.
    private const string Readings = """
        select gateway, device, day, count(*), sum(outcome = 5), sum(outcome = 2), sum(outcome = 1), sum(outcome = 3), sum(outcome = 4)
        from (
            select r.gateway, r.device, r.day, min(case
                when a.position is not null then 1 when w.position is not null then 2 when f.position is not null then 3
                when r.position > coalesce(c.position, 0) then 4 else 5 end) outcome
            from ledger_reading r
            left join awaiting a on a.feed = $0 and a.shard = r.shard and a.position = r.position
            left join withheld w on w.feed = $0 and w.shard = r.shard and w.position = r.position
            left join refused f on f.feed = $0 and f.shard = r.shard and f.position = r.position
            left join cursor c on c.feed = $0 and c.shard = r.shard
            where r.gateway = $1 and r.day between $2 and $3 group by r.id)
        group by gateway, device, day
        """;

    private const string Gaps = """
        select gateway, device, day, 0, 0, 0, 0, 0, 0, sum(count) from ledger_gap
        where gateway = $0 and day between $1 and $2 group by gateway, device, day
        """;

    /// <summary>Lines of a gateway, latest day first, at most 1,000.</summary>
    /// <param name="feed">The feed that makes Observations.</param>
    /// <param name="gateway">Whose.</param>
    /// <param name="day">One day; null for all.</param>
    /// <param name="cancellation">Ends the query.</param>
    public Task<IReadOnlyList<LedgerLine>> ReadAsync(string feed, string gateway, DateOnly? day, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<LedgerLine>>(
            connection =>
            {
                var (first, last) = ((day ?? DateOnly.MinValue).DayNumber, (day ?? DateOnly.MaxValue).DayNumber);
                using var transaction = connection.BeginTransaction(deferred: true);
                var lines = connection.List(Readings, row => Line(row, 0), feed, gateway, first, last)
                    .Concat(connection.List(Gaps, row => Line(row, row.GetInt64(9)), gateway, first, last));
                return [.. lines.GroupBy(line => (line.Device, line.Day)).Select(same => same.Aggregate((one, other) => one with
                {
                    Gap = one.Gap + other.Gap,
                })).OrderByDescending(line => line.Day).ThenBy(line => line.Device, StringComparer.Ordinal).Take(LinesMaximum)];
            },
            cancellation);

    /// <summary>Notes a page of the log and how far it reaches. Noting it twice changes nothing.</summary>
    public Task CommitAsync(
        IReadOnlyList<LedgerNote> notes, IReadOnlyDictionary<int, long> cursors, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            using var reading = connection.Command(
                """
                insert or ignore into ledger_reading(id, shard, position, gateway, device, day)
                select $0, $1, $2, coalesce(max(gateway), $3), coalesce(max(device), $4), coalesce(max(day), $5) from ledger_reading where id = $0
                """);
            foreach (var note in notes)
            {
                if (note.Measurement is { } one)
                {
                    // Later versions count where the first one did, whatever gateway and day they came by.
                    reading.RunAgain(one.Id.ToBytes(), note.Logged.Shard, note.Logged.Position, note.Logged.Journal.Gateway, one.Device, one.Day.DayNumber);
                }
                else if (note.Gap is { } gap)
                {
                    Note(connection, note.Logged, gap);
                }
            }

            foreach (var (shard, position) in cursors)
            {
                connection.Run(
                    "insert into cursor(feed, shard, position) values($0, $1, $2) on conflict(feed, shard) do update set position = excluded.position",
                    Reader, shard, position);
            }
        },
        cancellation);

    /// <summary>A gateway that is asked again tells again what is gone: positions that were counted are not counted twice.</summary>
    private static void Note(SqliteConnection connection, LoggedEntry logged, Gap gap)
    {
        var (gone, journal) = (new PositionRuns(connection, "ledger_gone"), logged.Journal with { Guid = gap.Journal ?? logged.Journal.Guid });
        var isNews = false;
        foreach (var run in gap.Runs.DefaultIfEmpty(new Interval(gap.FromPosition, gap.ToPosition)).Where(run => run.From > 0 && run.To >= run.From))
        {
            isNews |= gone.Overlapping(journal, run).Missing(run.From, run.To).Any();
            gone.Add(journal, run);
        }

        foreach (var origin in isNews ? gap.Origins.Where(origin => origin.Count > 0) : [])
        {
            connection.Run(
                "insert or ignore into ledger_gap(shard, position, gateway, device, day, count) values($0, $1, $2, $3, $4, $5)",
                logged.Shard, logged.Position, logged.Journal.Gateway, origin.Device, origin.Day.DayNumber, origin.Count);
        }
    }

    private static LedgerLine Line(SqliteDataReader row, long gap) => new(
        row.GetString(0), row.GetString(1), DateOnly.FromDayNumber(row.GetInt32(2)), row.GetInt64(3), row.GetInt64(4), row.GetInt64(5),
        row.GetInt64(6), row.GetInt64(7), row.GetInt64(8), gap);
}
