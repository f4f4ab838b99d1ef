using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Edge.Configuration;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>Reads out of an InfluxDB 1.x what was written into it, as it was: id and content come back as they went.</summary>
public sealed class InfluxHistory(InfluxSettings settings, InfluxWriter writer, string gateway)
{
    private const int PointsAtOnce = 2_000;

    /// <summary>Whether this database can be read so; 2.x and 3.x cannot yet.</summary>
    public bool CanRead => settings.Version == 1;

    /// <summary>Readings of [from, to), in any order; points that hold none (too long ones, and those of an older release) are passed over.</summary>
    /// <param name="device">Key of a device, or null for all.</param>
    /// <exception cref="HttpRequestException">The server is down, or refuses.</exception>
    public async IAsyncEnumerable<Measurement> ReadAsync(
        DateTimeOffset from, DateTimeOffset to, string? device, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        var where = string.Create(
            CultureInfo.InvariantCulture,
            $"gateway = {InfluxSchema.Text(gateway)} AND time >= {from.ToUnixTimeMilliseconds()}ms AND time < {to.ToUnixTimeMilliseconds()}ms{(device is null ? "" : $" AND device = {InfluxSchema.Text(device)}")}");
        for (var offset = 0; ; offset += PointsAtOnce)
        {
            var series = await writer.QueryAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"SELECT wire FROM {InfluxSchema.Quoted(settings.Database)}.\"{InfluxSchema.Raw}\"./.*/ WHERE {where} GROUP BY device ORDER BY time LIMIT {PointsAtOnce} OFFSET {offset}"), cancellation);
            foreach (var wire in series.SelectMany(one => one!["values"] as JsonArray ?? []).Select(row => (string?)row![1]).OfType<string>())
            {
                if (TryRead(wire) is { } measurement)
                {
                    yield return measurement;
                }
            }

            // The limit is each series'.
            if (series.Count == 0)
            {
                yield break;
            }
        }
    }

    private static Measurement? TryRead(string wire)
    {
        var bytes = new byte[wire.Length];
        return Convert.TryFromBase64String(wire, bytes, out var length) && WireForm.TryDecodeMeasurement(bytes.AsMemory(0, length), out var measurement, out _) ? measurement : null;
    }
}
