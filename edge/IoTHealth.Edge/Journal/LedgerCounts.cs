using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>What one transaction changes in the ledger: counted in memory, stored once for each line.</summary>
internal sealed class LedgerCounts
{
    private readonly Dictionary<(int Device, int Day), Line> _lines = [];
    private readonly Dictionary<(int Device, int Day, string Cause), long> _gaps = [];

    /// <summary>The line of a device and day; what is no measurement's goes nowhere.</summary>
    public Line Of(int? device, int? day) => device is null || day is null
        ? new Line()
        : _lines.TryGetValue((device.Value, day.Value), out var line) ? line : _lines[(device.Value, day.Value)] = new Line();

    public void Gap(int? device, int? day, string cause)
    {
        if (device is not null && day is not null)
        {
            var key = (device.Value, day.Value, cause);
            _gaps[key] = _gaps.GetValueOrDefault(key) + 1;
        }
    }

    public void Clear()
    {
        _lines.Clear();
        _gaps.Clear();
    }

    public void Store(SqliteConnection connection)
    {
        foreach (var ((device, day), line) in _lines)
        {
            JournalTables.Execute(
                connection,
                """
                insert into ledger (device, day, measured, delivered, waiting, quarantined, folded) values ($device, $day, $measured, 0, $waiting, $quarantined, $folded)
                on conflict (device, day) do update set measured = measured + excluded.measured, waiting = waiting + excluded.waiting,
                  quarantined = quarantined + excluded.quarantined, folded = folded + excluded.folded
                """,
                ("$device", device), ("$day", day), ("$measured", line.Measured), ("$waiting", line.Waiting),
                ("$quarantined", line.Quarantined), ("$folded", line.Folded));
        }

        foreach (var ((device, day, cause), count) in _gaps)
        {
            JournalTables.Execute(
                connection,
                """
                insert into ledger_gap (device, day, cause, count) values ($device, $day, $cause, $count)
                on conflict (device, day, cause) do update set count = count + excluded.count
                """,
                ("$device", device), ("$day", day), ("$cause", cause), ("$count", count));
        }

        Clear();
    }

    /// <summary>Changes of one line.</summary>
    internal sealed class Line
    {
        public long Measured { get; set; }

        public long Waiting { get; set; }

        public long Quarantined { get; set; }

        public long Folded { get; set; }
    }
}
