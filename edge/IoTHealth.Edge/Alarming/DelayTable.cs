using IoTHealth.Edge.Journal;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>Keeps what <see cref="DeviceDelays"/> learned (table <c>device_delay</c>).</summary>
internal static class DelayTable
{
    public static Dictionary<string, TimeSpan> Load(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, "select device, milliseconds from device_delay");
        using var rows = command.ExecuteReader();
        var delays = new Dictionary<string, TimeSpan>(StringComparer.Ordinal);
        while (rows.Read())
        {
            delays[rows.GetString(0)] = TimeSpan.FromMilliseconds(rows.GetInt64(1));
        }

        return delays;
    }

    public static void Store(SqliteConnection connection, IEnumerable<(string Device, TimeSpan Delay)> changes)
    {
        foreach (var (device, delay) in changes)
        {
            JournalTables.Execute(
                connection, "insert into device_delay (device, milliseconds) values ($device, $ms) on conflict (device) do update set milliseconds = excluded.milliseconds",
                ("$device", device), ("$ms", (long)delay.TotalMilliseconds));
        }
    }
}
