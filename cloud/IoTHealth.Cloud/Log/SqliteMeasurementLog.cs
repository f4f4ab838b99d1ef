using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Log;

/// <summary>The log in one SQLite file: the embedded default of a single silo.</summary>
public sealed class SqliteMeasurementLog : IMeasurementLog
{
    private const string Schema = """
        create table if not exists shard(
            shard integer primary key, epoch integer not null, next integer not null);
        create table if not exists entry(
            shard integer not null, position integer not null, gateway text not null, journal blob not null,
            gateway_position integer not null, kind integer not null, id blob not null, revision integer not null,
            priority integer not null, received integer not null, payload blob not null,
            primary key(shard, position)) without rowid;
        create unique index if not exists entry_identity on entry(id, revision);
        create index if not exists entry_assignment on entry(received, shard, position) where kind = 4;
        create table if not exists journal(
            gateway text not null, journal blob not null, head integer not null, primary key(gateway, journal)) without rowid;
        create table if not exists received(
            gateway text not null, journal blob not null, first integer not null, last integer not null,
            primary key(gateway, journal, first)) without rowid;
        create table if not exists gone(
            gateway text not null, journal blob not null, first integer not null, last integer not null,
            primary key(gateway, journal, first)) without rowid;
        create table if not exists quarantine(
            number integer primary key, gateway text not null, reason text not null, at integer not null, bytes blob not null);
        create table if not exists own_journal(one integer primary key check(one = 1), guid blob not null);
        """;

    private const string EntryColumns =
        "shard, position, gateway, journal, received, gateway_position, kind, id, revision, priority, payload";

    private const int IdsAtATime = 200;

    private readonly SqliteFile _file;

    private SqliteMeasurementLog(SqliteFile file) => _file = file;

    /// <exception cref="SqliteException">The file is not a log, or cannot be written.</exception>
    public static SqliteMeasurementLog Open(string path) => new(SqliteFile.Open(path, Schema));

    public Task<ShardLease> TakeOverAsync(int shard, CancellationToken cancellation) => _file.WriteAsync(
        connection =>
        {
            const string sql = """
                insert into shard(shard, epoch, next) values($0, 1, 1)
                on conflict(shard) do update set epoch = epoch + 1 returning epoch, next
                """;
            return connection.List(sql, row => new ShardLease(shard, row.GetInt64(0), row.GetInt64(1)), shard).Single();
        },
        cancellation);

    public Task<ShardLease> AppendAsync(
        ShardLease lease, IReadOnlyList<EntryBatch> batches, DateTimeOffset received, CancellationToken cancellation) =>
        _file.WriteAsync(connection => new SqliteAppend(connection, lease, received).Run(batches), cancellation);

    public Task<IReadOnlyList<LoggedEntry>> ReadAsync(int shard, long after, int limit, CancellationToken cancellation) =>
        EntriesAsync("where shard = $0 and position > $1 order by position limit $2", [shard, after, limit], cancellation);

    public async Task<IReadOnlyList<LoggedEntry>> FindAsync(IReadOnlyList<MeasurementId> ids, CancellationToken cancellation)
    {
        var found = new List<LoggedEntry>();
        foreach (var chunk in ids.Distinct().Chunk(IdsAtATime))
        {
            var places = string.Join(", ", Enumerable.Range(0, chunk.Length).Select(place => $"${place}"));
            found.AddRange(await EntriesAsync($"where id in ({places})", [.. chunk.Select(id => (object)id.ToBytes())], cancellation));
        }

        return found;
    }

    public Task<IReadOnlyList<LoggedEntry>> ReadKindAsync(EntryKind kind, CancellationToken cancellation) =>
        EntriesAsync("where kind = $0 order by received, shard, position", [(int)kind], cancellation);

    public Task<long> CountAssignmentsAsync(CancellationToken cancellation) =>
        _file.ReadAsync(connection => connection.Number("select count(*) from entry where kind = 4"), cancellation);

    public Task<IReadOnlyDictionary<int, long>> HeadsAsync(CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyDictionary<int, long>>(
            connection => connection.List(
                    "select shard, next - 1 from shard where next > 1", row => (Shard: row.GetInt32(0), Head: row.GetInt64(1)))
                .ToDictionary(row => row.Shard, row => row.Head),
            cancellation);

    public Task<IReadOnlyList<JournalState>> JournalsAsync(CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyList<JournalState>>(
            connection => connection.List(
                """
                select gateway, journal, head,
                    (select coalesce(sum(last - first + 1), 0) from received r where r.gateway = j.gateway and r.journal = j.journal),
                    (select coalesce(sum(last - first + 1), 0) from gone g where g.gateway = j.gateway and g.journal = j.journal)
                from journal j order by gateway, journal
                """,
                row => new JournalState(Journal(row, 0), row.GetInt64(2), row.GetInt64(3), row.GetInt64(4))),
            cancellation);

    public Task<IntervalSet> ReceivedAsync(JournalId journal, CancellationToken cancellation) =>
        _file.ReadAsync(connection => new PositionRuns(connection, "received").Read(journal), cancellation);

    public Task<IReadOnlyDictionary<Guid, long>> ReceivedUpToAsync(string gateway, CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyDictionary<Guid, long>>(
            connection => connection.List(
                    "select journal, max(last) from received where gateway = $0 group by journal",
                    row => (Journal: new Guid(row.Bytes(0), bigEndian: true), Last: row.GetInt64(1)), gateway)
                .ToDictionary(row => row.Journal, row => row.Last),
            cancellation);

    public Task<IReadOnlyList<Interval>> MissingAsync(JournalId journal, int limit, CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyList<Interval>>(
            connection =>
            {
                using var transaction = connection.BeginTransaction(deferred: true);
                var (received, gone) = (new PositionRuns(connection, "received").Read(journal), new PositionRuns(connection, "gone").Read(journal));
                var known = new IntervalSet(received.Concat(gone).OrderBy(run => run.From));
                var head = connection.Number(
                    "select head from journal where gateway = $0 and journal = $1", journal.Gateway, journal.Guid.ToByteArray(bigEndian: true));
                return [.. known.Missing(1, head).Take(limit)];
            },
            cancellation);

    public Task NoteHeadAsync(JournalId journal, long head, CancellationToken cancellation) =>
        _file.WriteAsync(connection => SqliteAppend.NoteHead(connection, journal, head), cancellation);

    public Task QuarantineAsync(RefusedMessage message, CancellationToken cancellation) => _file.WriteAsync(
        connection =>
        {
            connection.Run(
                "insert into quarantine(gateway, reason, at, bytes) values($0, $1, $2, $3)",
                message.Gateway, message.Reason, message.At.UtcTicks, message.Bytes.ToArray());
        },
        cancellation);

    public Task<IReadOnlyList<RefusedMessage>> ReadQuarantineAsync(int limit, CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyList<RefusedMessage>>(
            connection => connection.List(
                "select gateway, reason, at, bytes from quarantine order by number desc limit $0",
                row => new RefusedMessage(row.GetString(0), row.GetString(1), row.Instant(2), row.Bytes(3)),
                limit),
            cancellation);

    public Task<Guid> OwnJournalAsync(CancellationToken cancellation) => _file.WriteAsync(
        connection =>
        {
            connection.Run(
                "insert into own_journal(one, guid) values(1, $0) on conflict do nothing", Guid.NewGuid().ToByteArray(bigEndian: true));
            return connection.List("select guid from own_journal", row => new Guid(row.Bytes(0), bigEndian: true)).Single();
        },
        cancellation);

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private Task<IReadOnlyList<LoggedEntry>> EntriesAsync(string where, object?[] values, CancellationToken cancellation) =>
        _file.ReadAsync<IReadOnlyList<LoggedEntry>>(
            connection => connection.List($"select {EntryColumns} from entry {where}", Row, values), cancellation);

    private static LoggedEntry Row(SqliteDataReader row) => new(
        row.GetInt32(0),
        row.GetInt64(1),
        Journal(row, 2),
        row.Instant(4),
        new Entry(
            row.GetInt64(5),
            (EntryKind)row.GetInt32(6),
            MeasurementId.FromBytes(row.Bytes(7)),
            unchecked((ulong)row.GetInt64(8)),
            (EntryPriority)row.GetInt32(9),
            row.Bytes(10)));

    private static JournalId Journal(SqliteDataReader row, int column) =>
        new(row.GetString(column), new Guid(row.Bytes(column + 1), bigEndian: true));
}
