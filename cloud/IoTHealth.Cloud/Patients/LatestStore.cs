using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Cloud.Patients;

/// <summary>A measurement that values are shown of, whose they are, and where the log holds it.</summary>
public sealed record ShownMeasurement(MeasurementId Measurement, string Resident, DateTimeOffset Instant, int Shard, long Position);

/// <summary>
/// The values of the last two days of each resident, of which the newest is shown. The others are there so that a value
/// which turns out to be another resident's can go, and the one before it shows again.
/// </summary>
public sealed class LatestStore(SqliteFile file)
{
    public const string Schema = """
        create table if not exists latest_value(
            resident text not null, sign text not null, instant integer not null, measurement text not null, text text not null,
            device text not null, shard integer not null, position integer not null,
            primary key(resident, sign, instant, measurement)) without rowid;
        create index if not exists latest_value_measurement on latest_value(measurement);
        create index if not exists latest_value_device on latest_value(device);
        drop table if exists latest;
        """;

    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    public Task ApplyAsync(string resident, IReadOnlyList<LatestValue> values, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            foreach (var measurement in values.GroupBy(value => (value.Measurement, value.Shard, value.Position)))
            {
                // Whatever was said of the measurement before is corrected, whose it is included.
                connection.Run("delete from latest_value where measurement = $0", measurement.Key.Measurement);
                Insert(connection, resident, measurement);
            }

            foreach (var sign in values.Select(value => value.Sign).Distinct(StringComparer.Ordinal))
            {
                Forget(connection, resident, sign);
            }
        },
        cancellation);

    /// <summary>Takes out what is shown of measurements, unless it is shown of the resident given.</summary>
    public Task RemoveAsync(IEnumerable<(MeasurementId Measurement, string? Resident)> measurements, CancellationToken cancellation) => file.WriteAsync(
        connection =>
        {
            foreach (var (measurement, resident) in measurements)
            {
                connection.Run(
                    "delete from latest_value where measurement = $0 and resident <> $1", measurement.ToString(), resident ?? "");
            }
        },
        cancellation);

    /// <summary>Measurements of a device that values are shown of, each once.</summary>
    public Task<IReadOnlyList<ShownMeasurement>> ShownAsync(DeviceId device, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<ShownMeasurement>>(
            connection => connection.List(
                "select distinct measurement, resident, instant, shard, position from latest_value where device = $0",
                row => new ShownMeasurement(
                    MeasurementId.TryParse(row.GetString(0), out var id) ? id : default, row.GetString(1), row.Instant(2),
                    row.GetInt32(3), row.GetInt64(4)),
                device.Key),
            cancellation);

    /// <summary>The newest value of each sign. Of two at one instant the id decides, whatever the order they came in.</summary>
    public Task<IReadOnlyList<LatestValue>> ReadAsync(string resident, CancellationToken cancellation) =>
        file.ReadAsync<IReadOnlyList<LatestValue>>(
            connection => connection.List(
                """
                with recursive signs(sign) as (
                    select min(sign) from latest_value where resident = $0
                    union all
                    select (select min(sign) from latest_value where resident = $0 and sign > signs.sign) from signs where sign is not null)
                select v.sign, v.text, v.instant, v.measurement, v.device, v.shard, v.position
                from signs join latest_value v on v.resident = $0 and v.sign = signs.sign and (v.instant, v.measurement) = (
                    select instant, measurement from latest_value
                    where resident = $0 and sign = signs.sign order by instant desc, measurement desc limit 1)
                order by v.sign
                """,
                row => new LatestValue(
                    row.GetString(0), row.GetString(1), row.Instant(2), row.GetString(3), row.GetString(4), row.GetInt32(5), row.GetInt64(6)),
                resident),
            cancellation);

    private static void Insert(SqliteConnection connection, string resident, IEnumerable<LatestValue> values)
    {
        foreach (var value in values)
        {
            connection.Run(
                """
                insert or replace into latest_value(resident, sign, instant, measurement, text, device, shard, position)
                values($0, $1, $2, $3, $4, $5, $6, $7)
                """,
                resident, value.Sign, value.Instant.UtcTicks, value.Measurement, value.Text, value.Device, value.Shard, value.Position);
        }
    }

    private static void Forget(SqliteConnection connection, string resident, string sign) => connection.Run(
        """
        delete from latest_value where resident = $0 and sign = $1
            and instant < (select max(instant) from latest_value where resident = $0 and sign = $1) - $2
        """,
        resident, sign, Kept.Ticks);
}
