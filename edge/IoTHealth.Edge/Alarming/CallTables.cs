using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>An alarm as the nurse sees it: one call, open until somebody acknowledges it.</summary>
/// <param name="Alarm">Id of the alarm.</param>
/// <param name="Position">Journal position of its entry, where its text is sealed.</param>
/// <param name="RepeatSeconds">How often it is repeated.</param>
/// <param name="History">True when nobody is called for it.</param>
/// <param name="AcknowledgedBy">Who took it on, or null.</param>
/// <param name="AcknowledgedAt">When.</param>
/// <param name="Attempts">Deliveries tried, over all channels.</param>
/// <param name="Delivered">Whether any channel took it.</param>
public sealed record Call(
    MeasurementId Alarm, long Position, int RepeatSeconds, bool History, string? AcknowledgedBy, DateTimeOffset? AcknowledgedAt,
    int Attempts, bool Delivered);

/// <summary>A call that a channel owes: its alarm, where it is written, and how often it was tried.</summary>
public sealed record DueCall(MeasurementId Alarm, long Position, int RepeatSeconds, int Attempt);

/// <summary>
/// The outbox of nurse calls: <c>call</c> holds what is open, <c>delivery</c> what each channel owes of it. No text is kept
/// here; it is read from the sealed journal entry.
/// </summary>
public static class CallTables
{
    public const string Create =
        """
        create table if not exists call (
          alarm blob primary key, position integer not null, rule text not null, device text not null, repeat_seconds integer not null,
          history integer not null, acknowledged_by text, acknowledged_at integer) without rowid;
        create index if not exists open_call on call (rule, device) where acknowledged_at is null and history = 0;
        create table if not exists delivery (
          channel text not null, alarm blob not null, attempts integer not null, delivered integer not null, next integer not null,
          primary key (channel, alarm)) without rowid;
        """;

    /// <summary>True while a call of this rule for this device waits to be acknowledged.</summary>
    public static bool HasOpen(SqliteConnection connection, string rule, DeviceId device)
    {
        using var command = JournalTables.Command(
            connection, "select 1 from call where rule = $rule and device = $device and acknowledged_at is null and history = 0 limit 1",
            ("$rule", rule), ("$device", device.Key));
        return command.ExecuteScalar() is not null;
    }

    /// <summary>Opens a call and its deliveries; nothing happens when it is there already.</summary>
    public static void Open(SqliteConnection connection, Alarm alarm, long position, int repeatSeconds, IEnumerable<string> channels, DateTimeOffset now)
    {
        var opened = JournalTables.Execute(
            connection,
            "insert or ignore into call (alarm, position, rule, device, repeat_seconds, history) values ($alarm, $position, $rule, $device, $repeat, $history)",
            ("$alarm", alarm.Id.ToBytes()), ("$position", position), ("$rule", alarm.Rule), ("$device", alarm.Device.Key),
            ("$repeat", repeatSeconds), ("$history", alarm.History ? 1 : 0));
        if (opened == 0 || alarm.History)
        {
            return;
        }

        foreach (var channel in channels)
        {
            JournalTables.Execute(
                connection, "insert or ignore into delivery (channel, alarm, attempts, delivered, next) values ($channel, $alarm, 0, 0, $next)",
                ("$channel", channel), ("$alarm", alarm.Id.ToBytes()), ("$next", now.UtcTicks));
        }
    }

    public static void Acknowledge(SqliteConnection connection, Acknowledgement acknowledgement) => JournalTables.Execute(
        connection, "update call set acknowledged_by = $by, acknowledged_at = $at where alarm = $alarm and acknowledged_at is null",
        ("$by", acknowledgement.By), ("$at", acknowledgement.At.UtcTicks), ("$alarm", acknowledgement.Alarm.ToBytes()));

    /// <summary>Notes a delivery that was tried and when the next one is due.</summary>
    public static void Note(SqliteConnection connection, string channel, MeasurementId alarm, bool delivered, DateTimeOffset next) => JournalTables.Execute(
        connection,
        "update delivery set attempts = attempts + 1, delivered = max(delivered, $delivered), next = $next where channel = $channel and alarm = $alarm",
        ("$delivered", delivered ? 1 : 0), ("$next", next.UtcTicks), ("$channel", channel), ("$alarm", alarm.ToBytes()));

    /// <summary>What a channel owes by now, oldest due first.</summary>
    public static IReadOnlyList<DueCall> Due(SqliteConnection connection, string channel, DateTimeOffset now, int maximum)
    {
        using var command = JournalTables.Command(
            connection,
            """
            select d.alarm, c.position, c.repeat_seconds, d.attempts from delivery d join call c on c.alarm = d.alarm
            where d.channel = $channel and d.next <= $now and c.acknowledged_at is null order by d.next limit $limit
            """,
            ("$channel", channel), ("$now", now.UtcTicks), ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var due = new List<DueCall>();
        while (rows.Read())
        {
            due.Add(new DueCall(MeasurementId.FromBytes((byte[])rows.GetValue(0)), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3) + 1));
        }

        return due;
    }

    /// <summary>When a channel's next delivery is due, or null.</summary>
    public static DateTimeOffset? NextDue(SqliteConnection connection, string channel)
    {
        using var command = JournalTables.Command(
            connection,
            "select min(d.next) from delivery d join call c on c.alarm = d.alarm where d.channel = $channel and c.acknowledged_at is null",
            ("$channel", channel));
        return command.ExecuteScalar() is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>Open calls, then the newest others.</summary>
    public static IReadOnlyList<Call> List(SqliteConnection connection, int maximum)
    {
        using var command = JournalTables.Command(
            connection,
            """
            select c.alarm, c.position, c.repeat_seconds, c.history, c.acknowledged_by, c.acknowledged_at,
              coalesce((select sum(attempts) from delivery d where d.alarm = c.alarm), 0),
              coalesce((select max(delivered) from delivery d where d.alarm = c.alarm), 0)
            from call c order by (c.acknowledged_at is null and c.history = 0) desc, c.position desc limit $limit
            """,
            ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var calls = new List<Call>();
        while (rows.Read())
        {
            calls.Add(new Call(
                MeasurementId.FromBytes((byte[])rows.GetValue(0)), rows.GetInt64(1), rows.GetInt32(2), rows.GetInt32(3) != 0,
                rows.IsDBNull(4) ? null : rows.GetString(4),
                rows.IsDBNull(5) ? null : new DateTimeOffset(rows.GetInt64(5), TimeSpan.Zero),
                rows.GetInt32(6), rows.GetInt32(7) != 0));
        }

        return calls;
    }

    /// <summary>The position of an alarm's entry, or null when there is no such call.</summary>
    public static long? Find(SqliteConnection connection, MeasurementId alarm)
    {
        using var command = JournalTables.Command(connection, "select position from call where alarm = $alarm", ("$alarm", alarm.ToBytes()));
        return command.ExecuteScalar() is long position ? position : null;
    }
}
