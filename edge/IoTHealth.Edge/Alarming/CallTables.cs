using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Alarming;

/// <summary>
/// The outbox of nurse calls: <c>call</c> holds every alarm, <c>delivery</c> what each channel owes of it. No text is kept
/// here; it is read from the sealed journal entry. A further alarm of the same rule and device takes the place of the open
/// call before it, is told at once, and is acknowledged together with what it replaced.
/// </summary>
public static class CallTables
{
    public const string Create =
        """
        create table if not exists call (
          alarm blob primary key, position integer not null, rule text not null, device text not null, urgency integer not null,
          repeat_seconds integer not null, history integer not null, replaced_by blob, acknowledged_by text, acknowledged_at integer) without rowid;
        create index if not exists open_call on call (rule, device) where acknowledged_at is null and history = 0;
        create table if not exists delivery (
          channel text not null, alarm blob not null, attempts integer not null, delivered integer not null, next integer not null,
          primary key (channel, alarm)) without rowid;
        create table if not exists device_delay (device text primary key, milliseconds integer not null) without rowid;
        """;

    private const string IsOpen = "acknowledged_at is null and history = 0 and replaced_by is null";

    /// <summary>Opens a call in place of the open one of its rule and device; nothing happens when it is there already.</summary>
    public static void Open(SqliteConnection connection, Alarm alarm, long position, int repeatSeconds, IEnumerable<string> channels, DateTimeOffset now)
    {
        var opened = JournalTables.Execute(
            connection,
            """
            insert or ignore into call (alarm, position, rule, device, urgency, repeat_seconds, history)
            values ($alarm, $position, $rule, $device, $urgency, $repeat, $history)
            """,
            ("$alarm", alarm.Id.ToBytes()), ("$position", position), ("$rule", alarm.Rule), ("$device", alarm.Device.Key),
            ("$urgency", Urgency(alarm.Severity)), ("$repeat", repeatSeconds), ("$history", alarm.History ? 1 : 0));
        if (opened == 0 || alarm.History)
        {
            return;
        }

        JournalTables.Execute(
            connection, $"update call set replaced_by = $alarm where rule = $rule and device = $device and {IsOpen} and alarm <> $alarm",
            ("$alarm", alarm.Id.ToBytes()), ("$rule", alarm.Rule), ("$device", alarm.Device.Key));
        foreach (var channel in channels)
        {
            Owe(connection, channel, "alarm = $alarm", now, ("$alarm", alarm.Id.ToBytes()));
        }
    }

    /// <summary>Notes what a channel had tried of a call before it was stored.</summary>
    public static void TakeOver(SqliteConnection connection, MeasurementId alarm, string channel, int attempts, bool delivered) => JournalTables.Execute(
        connection,
        "update delivery set attempts = max(attempts, $attempts), delivered = max(delivered, $delivered) where channel = $channel and alarm = $alarm",
        ("$attempts", attempts), ("$delivered", delivered ? 1 : 0), ("$channel", channel), ("$alarm", alarm.ToBytes()));

    /// <summary>Finds out anew which open calls a later one of their rule and device has taken the place of.</summary>
    public static void ReplaceAnew(SqliteConnection connection) => JournalTables.Execute(
        connection,
        """
        update call set replaced_by = (
          select later.alarm from call later where later.rule = call.rule and later.device = call.device and later.position > call.position
            and later.acknowledged_at is null and later.history = 0 order by later.position desc limit 1)
        where acknowledged_at is null and history = 0
        """);

    /// <summary>Makes a channel owe every open call that it does not owe yet: a channel may be newer than the call.</summary>
    public static void OweAllOpen(SqliteConnection connection, string channel, DateTimeOffset now) => Owe(connection, channel, IsOpen, now);

    /// <summary>The alarms that an acknowledgement of this one silences: itself, and what is open of its rule and device from before it.</summary>
    public static IReadOnlyList<MeasurementId> SilencedBy(SqliteConnection connection, MeasurementId alarm)
    {
        using var command = JournalTables.Command(
            connection,
            """
            select old.alarm from call old join call named on old.rule = named.rule and old.device = named.device
            where named.alarm = $alarm and (old.alarm = named.alarm
              or (old.position < named.position and old.acknowledged_at is null and old.history = 0))
            """,
            ("$alarm", alarm.ToBytes()));
        using var rows = command.ExecuteReader();
        var alarms = new List<MeasurementId>();
        while (rows.Read())
        {
            alarms.Add(MeasurementId.FromBytes((byte[])rows.GetValue(0)));
        }

        return alarms;
    }

    /// <summary>Whether there is a call of this alarm, open or not.</summary>
    public static bool IsKnown(SqliteConnection connection, MeasurementId alarm) =>
        JournalTables.Number(connection, "select count(*) from call where alarm = $alarm", ("$alarm", alarm.ToBytes())) > 0;

    public static void Acknowledge(SqliteConnection connection, Acknowledgement acknowledgement) => JournalTables.Execute(
        connection, "update call set acknowledged_by = $by, acknowledged_at = $at where alarm = $alarm and acknowledged_at is null",
        ("$by", acknowledgement.By), ("$at", acknowledgement.At.UtcTicks), ("$alarm", acknowledgement.Alarm.ToBytes()));

    /// <summary>Notes a delivery that was tried and when the next one is due.</summary>
    public static void Note(SqliteConnection connection, string channel, MeasurementId alarm, bool delivered, DateTimeOffset next) => JournalTables.Execute(
        connection,
        "update delivery set attempts = attempts + 1, delivered = max(delivered, $delivered), next = $next where channel = $channel and alarm = $alarm",
        ("$delivered", delivered ? 1 : 0), ("$next", next.UtcTicks), ("$channel", channel), ("$alarm", alarm.ToBytes()));

    /// <summary>
    /// What a channel owes by now: never tried first, then the most urgent, then the longest due. What lies further ahead than it
    /// was ever put off is due as well: the clock was set back.
    /// </summary>
    public static IReadOnlyList<DueCall> Due(SqliteConnection connection, string channel, DateTimeOffset now, int maximum)
    {
        using var command = JournalTables.Command(
            connection,
            $"""
            select d.alarm, c.position, c.rule, c.device, c.repeat_seconds, d.attempts,
              (select count(*) from call o where o.rule = c.rule and o.device = c.device and o.acknowledged_at is null and o.history = 0)
            from delivery d join call c on c.alarm = d.alarm
            where d.channel = $channel and {IsOpen}
              and (d.next <= $now or d.next > $now + (c.repeat_seconds + 60) * {TimeSpan.TicksPerSecond})
            order by d.attempts > 0, c.urgency desc, d.next limit $limit
            """,
            ("$channel", channel), ("$now", now.UtcTicks), ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var due = new List<DueCall>();
        while (rows.Read())
        {
            due.Add(new DueCall(
                MeasurementId.FromBytes((byte[])rows.GetValue(0)), rows.GetInt64(1), rows.GetString(2), new DeviceId(rows.GetString(3)),
                rows.GetInt32(4), rows.GetInt32(5) + 1, rows.GetInt32(6)));
        }

        return due;
    }

    /// <summary>When a channel's next delivery is due, or null.</summary>
    public static DateTimeOffset? NextDue(SqliteConnection connection, string channel)
    {
        using var command = JournalTables.Command(
            connection,
            $"select min(d.next) from delivery d join call c on c.alarm = d.alarm where d.channel = $channel and {IsOpen}",
            ("$channel", channel));
        return command.ExecuteScalar() is long ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    /// <summary>Open calls, then the newest others.</summary>
    public static IReadOnlyList<Call> List(SqliteConnection connection, int maximum)
    {
        using var command = JournalTables.Command(
            connection,
            """
            select c.alarm, c.position, c.history, c.acknowledged_by, c.acknowledged_at,
              coalesce((select max(attempts) from delivery d where d.alarm = c.alarm), 0),
              coalesce((select max(delivered) from delivery d where d.alarm = c.alarm), 0)
            from call c order by (c.acknowledged_at is null and c.history = 0) desc, c.position desc limit $limit
            """,
            ("$limit", maximum));
        using var rows = command.ExecuteReader();
        var calls = new List<Call>();
        while (rows.Read())
        {
            calls.Add(new Call(
                MeasurementId.FromBytes((byte[])rows.GetValue(0)), rows.GetInt64(1), rows.GetInt32(2) != 0,
                rows.IsDBNull(3) ? null : rows.GetString(3),
                rows.IsDBNull(4) ? null : new DateTimeOffset(rows.GetInt64(4), TimeSpan.Zero),
                rows.GetInt32(5), rows.GetInt32(6) != 0));
        }

        return calls;
    }

    /// <summary>How many calls nobody has acknowledged.</summary>
    public static long CountOpen(SqliteConnection connection)
    {
        using var command = JournalTables.Command(connection, $"select count(*) from call where {IsOpen}");
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Open calls that were tried and that nobody has taken.</summary>
    public static long Unheard(SqliteConnection connection)
    {
        using var command = JournalTables.Command(
            connection,
            $"""
            select count(*) from call c where {IsOpen}
              and exists (select 1 from delivery d where d.alarm = c.alarm and d.attempts > 1)
              and not exists (select 1 from delivery d where d.alarm = c.alarm and d.delivered > 0)
            """);
        return (long)command.ExecuteScalar()!;
    }

    private static void Owe(SqliteConnection connection, string channel, string which, DateTimeOffset now, params ReadOnlySpan<(string, object?)> parameters) =>
        JournalTables.Execute(
            connection,
            $"insert or ignore into delivery (channel, alarm, attempts, delivered, next) select $channel, alarm, 0, 0, $next from call where {which}",
            [("$channel", channel), ("$next", now.UtcTicks), .. parameters]);

    private static int Urgency(string severity) => severity switch
    {
        "high" => 2,
        "medium" => 1,
        _ => 0,
    };
}
