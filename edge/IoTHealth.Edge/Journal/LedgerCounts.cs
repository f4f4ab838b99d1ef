using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Journal;

/// <summary>What one transaction changes in the ledger: counted in memory, stored once for each line.</summary>
internal sealed class LedgerCounts(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<(int Device, int Day), Line> _lines = [];
    private readonly Dictionary<(int Device, int Day, string Cause), long> _gaps = [];

    private readonly Statement _line = new(
        connection,
        """
        insert into ledger (device, day, measured, delivered, waiting, quarantined, folded) values (?1, ?2, ?3, 0, ?4, ?5, ?6)
        on conflict (device, day) do update set measured = measured + excluded.measured, waiting = waiting + excluded.waiting,
          quarantined = quarantined + excluded.quarantined, folded = folded + excluded.folded
        """);

    private readonly Statement _gap = new(
        connection,
        """
        insert into ledger_gap (device, day, cause, count) values (?1, ?2, ?3, ?4)
        on conflict (device, day, cause) do update set count = count + excluded.count
        """);

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

    public void Store()
    {
        foreach (var ((device, day), line) in _lines)
        {
            _line.Bind(1, (long)device).Bind(2, (long)day).Bind(3, line.Measured).Bind(4, line.Waiting).Bind(5, line.Quarantined).Bind(6, line.Folded).Run();
        }

        foreach (var ((device, day, cause), count) in _gaps)
        {
            _gap.Bind(1, (long)device).Bind(2, (long)day).Bind(3, cause).Bind(4, count).Run();
        }

        Clear();
    }

    public void Dispose()
    {
        _line.Dispose();
        _gap.Dispose();
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
