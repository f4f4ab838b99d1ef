using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Feeds;

/// <summary>One attribution of a measurement that the record system was told of, and where the log holds its content.</summary>
/// <param name="Measurement">The measurement.</param>
/// <param name="Number">Attribution revision, from 1.</param>
/// <param name="Subject">Opaque key of the resident.</param>
/// <param name="Instant">Corrected instant of the measurement.</param>
/// <param name="Shard">Shard of the entry.</param>
/// <param name="Position">Position within the shard.</param>
public sealed record Telling(MeasurementId Measurement, int Number, string Subject, DateTimeOffset Instant, int Shard, long Position);

/// <summary>
/// Numbers the attributions of each measurement. Decided durably before anything is sent, so that a crash between sending
/// and storing the cursor cannot lead to a second Observation.
/// </summary>
public sealed class AttributionStore(SqliteFile file)
{
    /// <summary>State: 0 decided, 1 sent (perhaps), 2 taken back, 3 to be taken back, which did not succeed yet.</summary>
    public const string Schema = """
        create table if not exists attribution(
            id blob not null, number integer not null, subject text not null, content integer not null, state integer not null,
            device text not null, instant integer not null, shard integer not null, position integer not null,
            primary key(id, number)) without rowid;
        create index if not exists attribution_device on attribution(device, state);
        create index if not exists attribution_pending on attribution(id, number) where state = 3;
        """;

    private const string Columns = "id, number, subject, instant, shard, position";

    /// <summary>Attribution revisions for a page, in its order; the same item again gets the same one.</summary>
    public Task<IReadOnlyList<int>> DecideAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation) =>
        file.WriteAsync<IReadOnlyList<int>>(connection => [.. items.Select(item => Decide(connection, item))], cancellation);

    /// <summary>Notes that a measurement may be known from now on; before the first attempt to send it.</summary>
    public Task MarkSentAsync(IEnumerable<(MeasurementId Measurement, int Number)> sent, CancellationToken cancellation) =>
        MoveAsync(sent, 0, 1, cancellation);

    /// <summary>Notes that the record system surely does not know it, so that nothing needs to be taken back.</summary>
    public Task MarkRefusedAsync(IEnumerable<(MeasurementId Measurement, int Number)> refused, CancellationToken cancellation) =>
        MoveAsync(refused, 1, 0, cancellation);

    public async Task MarkTakenBackAsync(IEnumerable<Telling> tellings, CancellationToken cancellation)
    {
        var taken = tellings.Select(Place).ToList();
        await MoveAsync(taken, 1, 2, cancellation);
        await MoveAsync(taken, 3, 2, cancellation);
    }

    /// <summary>Notes that tellings stand although they must be taken back.</summary>
    public Task MarkPendingAsync(IEnumerable<Telling> tellings, CancellationToken cancellation) =>
        MoveAsync(tellings.Select(Place), 1, 3, cancellation);

    /// <summary>Tellings still to be taken back, after one of them or from the first.</summary>
    public Task<IReadOnlyList<Telling>> PendingAsync(Telling? after, int limit, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<Telling>>(
            connection => connection.List(
                $"select {Columns} from attribution where state = 3 and (id, number) > ($0, $1) order by id, number limit $2",
                Row, after?.Measurement.ToBytes() ?? [], after?.Number ?? 0, limit),
            cancellation);

    public Task<long> CountPendingAsync(CancellationToken cancellation) =>
        file.ReadAsync(connection => connection.Number("select count(*) from attribution where state = 3"), cancellation);

    /// <summary>Tellings that stand with the record system although a later attribution, from the given number on, replaces them.</summary>
    public Task<IReadOnlyList<Telling>> ReplacedAsync(
        IReadOnlyList<(MeasurementId Measurement, int Number)> by, CancellationToken cancellation) => file.ReadAsync<IReadOnlyList<Telling>>(
        connection => [.. by.SelectMany(now => connection.List(
            $"select {Columns} from attribution where id = $0 and number < $1 and state = 1", Row, now.Measurement.ToBytes(), now.Number))],
        cancellation);

    /// <summary>Tellings of a device that stand with the record system.</summary>
    public Task<IReadOnlyList<Telling>> StandingAsync(DeviceId device, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<Telling>>(
            connection => connection.List($"select {Columns} from attribution where device = $0 and state = 1", Row, device.Key), cancellation);

    private static (MeasurementId Measurement, int Number) Place(Telling telling) => (telling.Measurement, telling.Number);

    private Task MoveAsync(
        IEnumerable<(MeasurementId Measurement, int Number)> tellings, int from, int to, CancellationToken cancellation)
    {
        var rows = tellings.ToList();
        return rows.Count > 0 ? file.WriteAsync(connection => Move(connection, rows, from, to), cancellation) : Task.CompletedTask;
    }

    private static void Move(SqliteConnection connection, List<(MeasurementId Measurement, int Number)> rows, int from, int to)
    {
        using var update = connection.Command("update attribution set state = $0 where id = $1 and number = $2 and state = $3");
        foreach (var (measurement, number) in rows)
        {
            update.RunAgain(to, measurement.ToBytes(), number, from);
        }
    }

    private static int Decide(SqliteConnection connection, FeedItem item)
    {
        var (id, content) = (item.Measurement.Id.ToBytes(), item.Logged.Entry.Revision);
        var decided = connection.List(
            "select subject, content, number, state from attribution where id = $0 order by number",
            row => (Subject: row.GetString(0), Content: unchecked((ulong)row.GetInt64(1)), Number: row.GetInt32(2), State: row.GetInt32(3)),
            id);
        // A replay finds the last attribution of its own content; another subject makes it a correction, and so does the
        // return of one that was taken back and that nothing replaced.
        if (decided.LastOrDefault(d => d.Content == content) is { Number: > 0 } known && known.Subject == item.Resident
            && (known.State < 2 || known.Number < decided.Count))
        {
            // The log may hold it elsewhere since: it was restored, and the gateway sent again.
            connection.Run(
                "update attribution set shard = $2, position = $3 where id = $0 and number = $1 and (shard, position) <> ($2, $3)",
                id, known.Number, item.Logged.Shard, item.Logged.Position);
            return known.Number;
        }

        connection.Run(
            """
            insert into attribution(id, number, subject, content, state, device, instant, shard, position)
            values($0, $1, $2, $3, 0, $4, $5, $6, $7)
            """,
            id, decided.Count + 1, item.Resident, unchecked((long)content), item.Measurement.Device.Key,
            item.Measurement.Time.Instant.UtcTicks, item.Logged.Shard, item.Logged.Position);
        return decided.Count + 1;
    }

    private static Telling Row(SqliteDataReader row) => new(
        MeasurementId.FromBytes(row.Bytes(0)), row.GetInt32(1), row.GetString(2), row.Instant(3), row.GetInt32(4), row.GetInt64(5));
}
