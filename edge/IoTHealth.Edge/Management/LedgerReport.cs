using System.Globalization;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;
using Microsoft.Data.Sqlite;

namespace IoTHealth.Edge.Management;

/// <summary>One line as people read it.</summary>
/// <param name="Day">Day of receipt, or null in the sum.</param>
/// <param name="Device">Key of the device, else its global id; or null in the sum.</param>
public sealed record LedgerRow(
    DateOnly? Day, string? Device, long Measured, long Delivered, long Waiting, long Quarantined, IReadOnlyDictionary<string, long> Gap, long Repeats, bool Balanced);

/// <summary>The account of law 3 for people: what became of every reading, by device and day, and whether it adds up.</summary>
/// <param name="From">First day.</param>
/// <param name="To">Last day.</param>
/// <param name="Lines">By day and device.</param>
/// <param name="Sum">Of all lines.</param>
/// <param name="Mistakes">What does not add up; empty when all does.</param>
public sealed record LedgerReport(DateOnly From, DateOnly To, IReadOnlyList<LedgerRow> Lines, LedgerRow Sum, IReadOnlyList<string> Mistakes)
{
    private const int DaysShown = 14;

    public bool Balanced => Mistakes.Count == 0;

    /// <summary>Reads it.</summary>
    /// <param name="connection">A connection of the journal.</param>
    /// <param name="registry">Knows keys and zone.</param>
    /// <param name="from">First day, ISO 8601; null: fourteen days up to the last.</param>
    /// <param name="to">Last day; null for today.</param>
    /// <param name="device">Key of a device; null for all.</param>
    /// <param name="now">Clock.</param>
    /// <exception cref="ArgumentException">A day is none, or no such device is registered.</exception>
    public static LedgerReport Read(SqliteConnection connection, DeviceRegistry registry, string? from, string? to, string? device, DateTimeOffset now)
    {
        var last = Day(to) ?? DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, registry.FacilityZone).DateTime);
        var first = Day(from) ?? last.AddDays(1 - DaysShown);
        if (first > last)
        {
            throw new ArgumentException($"the days from {first:O} to {last:O} are none");
        }

        var id = device is null ? null : registry.Find(device)?.Context.Id.Value ?? throw new ArgumentException($"no device '{device}' is registered");
        return Of(first, last, Ledger.Read(connection, first, last, id), registry);
    }

    private static LedgerReport Of(DateOnly first, DateOnly last, IReadOnlyList<LedgerLine> lines, DeviceRegistry registry)
    {
        var keys = registry.Devices.ToDictionary(device => device.Context.Id.Value, device => device.Context.Key, StringComparer.Ordinal);
        var rows = lines.Select(line => new LedgerRow(
            line.Day, keys.GetValueOrDefault(line.Device, line.Device), line.Measured, line.Delivered, line.Waiting, line.Quarantined, line.Gaps, line.Folded, line.IsBalanced)).ToList();
        var gap = lines.SelectMany(line => line.Gaps).GroupBy(one => one.Key, StringComparer.Ordinal)
            .ToDictionary(cause => cause.Key, cause => cause.Sum(one => one.Value), StringComparer.Ordinal);
        var sum = new LedgerRow(
            null, null, rows.Sum(row => row.Measured), rows.Sum(row => row.Delivered), rows.Sum(row => row.Waiting), rows.Sum(row => row.Quarantined), gap,
            rows.Sum(row => row.Repeats), rows.All(row => row.Balanced));
        return new LedgerReport(first, last, rows, sum, [.. rows.SelectMany(Mistake)]);
    }

    private static IEnumerable<string> Mistake(LedgerRow row)
    {
        var accounted = row.Delivered + row.Waiting + row.Quarantined + row.Gap.Values.Sum();
        if (row.Measured != accounted)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd} {row.Device}: {row.Measured} measured, {accounted} accounted for");
        }

        if (row.Delivered < 0 || row.Waiting < 0 || row.Quarantined < 0 || row.Gap.Values.Any(count => count < 0))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{row.Day:yyyy-MM-dd} {row.Device}: something was counted twice (a number is below zero)");
        }
    }

    private static DateOnly? Day(string? text) => string.IsNullOrEmpty(text)
        ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : throw new ArgumentException($"'{text}' is no day such as 2026-11-24");
}
