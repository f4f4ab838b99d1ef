using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>The readings an InfluxDB holds: measurement = kind, tag device, a field named after the sign, nanoseconds.</summary>
internal static class InfluxReadings
{
    private const long NanosecondsPerMillisecond = 1_000_000;

    public static async Task<IReadOnlySet<Reading>> AllAsync(Influxd influx, CancellationToken cancel)
    {
        var series = await influx.QueryAsync(Facility.Database, "SELECT * FROM /.*/", cancel);
        return series.SelectMany(one => Rows(one!)).ToHashSet();
    }

    private static IEnumerable<Reading> Rows(JsonNode series)
    {
        var kind = (string)series["name"]!;
        List<string> columns = [.. series["columns"]!.AsArray().Select(column => (string)column!)];
        var (time, device, value, absent) =
            (columns.IndexOf("time"), columns.IndexOf("device"), columns.IndexOf(kind), columns.IndexOf(kind + "_absent"));
        foreach (var row in series["values"]!.AsArray())
        {
            var isAbsent = absent >= 0 && row![absent] is not null;
            yield return new Reading(
                (string)row![device]!,
                kind,
                (long)row[time]! / NanosecondsPerMillisecond,
                isAbsent ? "absent" : row[value]!.ToString());
        }
    }
}
