using IoTHealth.Cloud.Log;

namespace IoTHealth.Cloud.Patients;

/// <summary>The table of latest values. A reading that comes late never replaces a newer one.</summary>
public sealed class LatestStore(SqliteFile file)
{
    public const string Schema = """
        create table if not exists latest(
            resident text not null, sign text not null, text text not null, instant integer not null, measurement text not null,
            primary key(resident, sign)) without rowid;
        """;

    public Task ApplyAsync(string resident, IReadOnlyList<LatestValue> values, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            // Of two readings at one instant the id decides, so that a replay in another order ends the same.
            using var upsert = connection.Command(
                """
                insert into latest(resident, sign, text, instant, measurement) values($0, $1, $2, $3, $4)
                on conflict(resident, sign) do update
                set text = excluded.text, instant = excluded.instant, measurement = excluded.measurement
                where (excluded.instant, excluded.measurement) > (latest.instant, latest.measurement)
                """);
            foreach (var value in values)
            {
                upsert.RunAgain(resident, value.Sign, value.Text, value.Instant.UtcTicks, value.Measurement);
            }
        },
        cancellation);

    public Task<IReadOnlyList<LatestValue>> ReadAsync(string resident, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<LatestValue>>(
            connection => connection.List(
                "select sign, text, instant, measurement from latest where resident = $0 order by sign",
                row => new LatestValue(row.GetString(0), row.GetString(1), row.Instant(2), row.GetString(3)),
                resident),
            cancellation);
}
