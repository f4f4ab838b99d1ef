using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>Which position each day (UTC, the gateway's clock) began with, so that age needs no column. Used by the writer's thread alone.</summary>
internal sealed class DayStarts(SqliteConnection connection, TimeProvider time)
{
    private int _last = -1;

    /// <summary>Notes a position; the first of a day is kept.</summary>
    public void Note(long position)
    {
        var day = Today(time);
        if (day != _last)
        {
            // A day that is not yet was noted by a clock that was ahead.
            JournalTables.Execute(connection, "delete from day_start where day > $day", ("$day", day));
            JournalTables.Execute(connection, "insert or ignore into day_start (day, position) values ($day, $position)", ("$day", day), ("$position", position));
            _last = day;
        }
    }

    /// <summary>Forgets what a transaction noted that was rolled back.</summary>
    public void Forget() => _last = -1;

    /// <summary>
    /// Positions below this one were written more than so many days ago, and as many days were seen since: nobody vouches for the clock,
    /// and one that is years ahead for a moment is one more day, not years.
    /// </summary>
    public static long Before(SqliteConnection connection, TimeProvider time, int days) => Math.Min(
        JournalTables.Number(
            connection, "select coalesce(min(position), (select max(position) from entry)) from day_start where day >= $day", ("$day", Today(time) - days)),
        JournalTables.Number(
            connection, "select coalesce((select position from day_start order by position desc, day desc limit 1 offset $days), 0)", ("$days", days)));

    private static int Today(TimeProvider time) => DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime).DayNumber;
}
