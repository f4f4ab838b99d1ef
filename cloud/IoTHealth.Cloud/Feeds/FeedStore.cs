using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Feeds;

/// <summary>A reading that waits for its resident.</summary>
public sealed record AwaitingReading(int Shard, long Position, DeviceId Device, string Kind, DateTimeOffset Instant, string Reason);

/// <summary>A reading that a receiver, or the mapping, refused for good.</summary>
public sealed record RefusedReading(string Feed, int Shard, long Position, string Gateway, string Reason, DateTimeOffset At, byte[] Bytes);

/// <summary>How far a feed is and what became of the readings it passed.</summary>
public sealed record FeedCount(long Delivered, long Awaiting, long Withheld, long Quarantined);

/// <summary>What a page of the log led to, written in one transaction.</summary>
/// <param name="Outcomes">One for each reading of the page.</param>
/// <param name="Cursors">Last position passed of each shard; empty when the page was of waiting readings.</param>
public sealed record FeedPage(IReadOnlyList<FeedResult> Outcomes, IReadOnlyDictionary<int, long> Cursors);

/// <summary>An entry and its outcome; the measurement is null where it could not be decoded, the resident where nobody can be named.</summary>
public sealed record FeedResult(LoggedEntry Logged, Measurement? Measurement, FeedOutcome Outcome, string? Resident = null);

/// <summary>Cursors and outcomes of every feed.</summary>
public sealed class FeedStore(SqliteFile file, TimeProvider time)
{
    public const string Schema = """
        create table if not exists feed(name text primary key, delivered integer not null) without rowid;
        create table if not exists cursor(
            feed text not null, shard integer not null, position integer not null, primary key(feed, shard)) without rowid;
        create table if not exists awaiting(
            feed text not null, shard integer not null, position integer not null, device text not null, kind text not null,
            instant integer not null, reason text not null, primary key(feed, shard, position)) without rowid;
        create table if not exists revised(
            feed text not null, shard integer not null, position integer not null, primary key(feed, shard, position)) without rowid;
        create table if not exists withheld(
            feed text not null, shard integer not null, position integer not null, at integer not null,
            primary key(feed, shard, position)) without rowid;
        create table if not exists refused(
            feed text not null, shard integer not null, position integer not null, gateway text not null, reason text not null,
            at integer not null, bytes blob not null, primary key(feed, shard, position)) without rowid;
        """;

    public Task<IReadOnlyDictionary<int, long>> CursorsAsync(string feed, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyDictionary<int, long>>(
            connection => connection.List(
                    "select shard, position from cursor where feed = $0", row => (Shard: row.GetInt32(0), At: row.GetInt64(1)), feed)
                .ToDictionary(row => row.Shard, row => row.At),
            cancellation);

    public Task CommitAsync(string feed, FeedPage page, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            foreach (var result in page.Outcomes)
            {
                connection.Run(
                    "delete from awaiting where feed = $0 and shard = $1 and position = $2",
                    feed, result.Logged.Shard, result.Logged.Position);
                Note(connection, feed, result);
            }

            Count(connection, feed, page.Outcomes.Count(result => result.Outcome is FeedOutcome.Delivered));
            foreach (var (shard, position) in page.Cursors)
            {
                connection.Run(
                    """
                    insert into cursor(feed, shard, position) values($0, $1, $2)
                    on conflict(feed, shard) do update set position = max(position, excluded.position)
                    """,
                    feed, shard, position);
            }
        },
        cancellation);

    /// <summary>Waiting readings whose reason begins so, after a place, in the order of shard and position.</summary>
    public Task<IReadOnlyList<AwaitingReading>> AwaitingAsync(
        string feed, string reason, (int Shard, long Position) after, int limit, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<AwaitingReading>>(
            connection => connection.List(
                """
                select shard, position, device, kind, instant, reason from awaiting
                where feed = $0 and (shard, position) > ($1, $2) and substr(reason, 1, length($4)) = $4
                order by shard, position limit $3
                """,
                Awaiting, feed, after.Shard, after.Position, limit, reason),
            cancellation);

    /// <summary>Readings that wait in any feed, oldest first, each once.</summary>
    public Task<IReadOnlyList<AwaitingReading>> AwaitingAsync(int limit, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<AwaitingReading>>(
            connection => connection.List(
                """
                select shard, position, device, kind, instant, min(reason) from awaiting
                group by shard, position order by instant, shard, position limit $0
                """,
                Awaiting, limit),
            cancellation);

    /// <summary>Those assignment entries whose effect on what was delivered before has not been looked at.</summary>
    public Task<IReadOnlyList<AssignedDevice>> UnrevisedAsync(
        string feed, IReadOnlyList<AssignedDevice> assignments, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<AssignedDevice>>(
            connection =>
            {
                var revised = connection.List(
                    "select shard, position from revised where feed = $0", row => (row.GetInt32(0), row.GetInt64(1)), feed).ToHashSet();
                return [.. assignments.Where(assignment => !revised.Contains((assignment.Shard, assignment.Position)))];
            },
            cancellation);

    /// <summary>
    /// Puts delivered readings back among those that wait, because an assignment changed whose they are. From there they
    /// are taken back and delivered anew, whatever happens in between.
    /// </summary>
    public Task ReviseAsync(
        string feed, IReadOnlyList<AssignedDevice> causes, IReadOnlyList<FeedResult> wrong, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            foreach (var cause in causes)
            {
                connection.Run("insert or ignore into revised(feed, shard, position) values($0, $1, $2)", feed, cause.Shard, cause.Position);
            }

            foreach (var result in wrong.Where(result => !Waits(connection, feed, result.Logged)))
            {
                // A reading is counted in one place: where it was, it is taken away.
                Count(connection, feed, Remove(connection, feed, result.Logged) > 0 ? 0 : -1);
                Note(connection, feed, result);
            }
        },
        cancellation);

    public Task<IReadOnlyList<RefusedReading>> RefusedAsync(int limit, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<RefusedReading>>(
            connection => connection.List(
                "select feed, shard, position, gateway, reason, at, bytes from refused order by at desc, shard, position limit $0",
                row => new RefusedReading(
                    row.GetString(0), row.GetInt32(1), row.GetInt64(2), row.GetString(3), row.GetString(4), row.Instant(5), row.Bytes(6)),
                limit),
            cancellation);

    public Task<FeedCount> CountAsync(string feed, CancellationToken cancellation) => file.ReadAsync(
        connection => new FeedCount(
            connection.Number("select delivered from feed where name = $0", feed),
            connection.Number("select count(*) from awaiting where feed = $0", feed),
            connection.Number("select count(*) from withheld where feed = $0", feed),
            connection.Number("select count(*) from refused where feed = $0", feed)),
        cancellation);

    private static bool Waits(SqliteConnection connection, string feed, LoggedEntry logged) => connection.Number(
        "select count(*) from awaiting where feed = $0 and shard = $1 and position = $2", feed, logged.Shard, logged.Position) > 0;

    private static int Remove(SqliteConnection connection, string feed, LoggedEntry logged) =>
        connection.Run("delete from withheld where feed = $0 and shard = $1 and position = $2", feed, logged.Shard, logged.Position)
        + connection.Run("delete from refused where feed = $0 and shard = $1 and position = $2", feed, logged.Shard, logged.Position);

    private static void Count(SqliteConnection connection, string feed, int delivered) => connection.Run(
        "insert into feed(name, delivered) values($0, $1) on conflict(name) do update set delivered = delivered + $1", feed, delivered);

    private void Note(SqliteConnection connection, string feed, FeedResult result)
    {
        var (shard, position) = (result.Logged.Shard, result.Logged.Position);
        switch (result.Outcome)
        {
            case FeedOutcome.Withheld:
                connection.Run(
                    "insert or replace into withheld(feed, shard, position, at) values($0, $1, $2, $3)",
                    feed, shard, position, time.GetUtcNow().UtcTicks);
                break;
            case FeedOutcome.Awaiting awaiting:
                connection.Run(
                    """
                    insert or replace into awaiting(feed, shard, position, device, kind, instant, reason)
                    values($0, $1, $2, $3, $4, $5, $6)
                    """,
                    feed, shard, position, result.Measurement!.Device.Value, result.Measurement.Kind,
                    result.Measurement.Time.Instant.UtcTicks, awaiting.Reason);
                break;
            case FeedOutcome.Quarantined quarantined:
                connection.Run(
                    """
                    insert or replace into refused(feed, shard, position, gateway, reason, at, bytes)
                    values($0, $1, $2, $3, $4, $5, $6)
                    """,
                    feed, shard, position, result.Logged.Journal.Gateway, quarantined.Reason, time.GetUtcNow().UtcTicks,
                    result.Logged.Entry.Payload.ToArray());
                break;
        }
    }

    private static AwaitingReading Awaiting(SqliteDataReader row) => new(
        row.GetInt32(0), row.GetInt64(1), new DeviceId(row.GetString(2)), row.GetString(3), row.Instant(4), row.GetString(5));
}
