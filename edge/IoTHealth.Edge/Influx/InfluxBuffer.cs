using System.Text;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Follows the journal into the local InfluxDB. While it is down the cursor waits and intake does not notice. A batch that
/// is refused is halved until the single bad point is found; that one goes to quarantine, the others are written.
/// </summary>
public sealed class InfluxBuffer(IJournal journal, InfluxWriter writer, DeviceRegistry registry, TimeProvider time, ILogger<InfluxBuffer> logger)
    : JournalFollower("influx", journal, time, logger)
{
    private const int BatchLines = 5_000;

    private bool _prepared;

    protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        if (!_prepared)
        {
            await writer.PrepareAsync(cancellation);
        }

        // Until this batch has been taken: the database may have gone in the meantime.
        _prepared = false;
        var refused = new List<QuarantinedBytes>();
        var lines = entries.Where(entry => entry.Kind == EntryKind.Measurement).Select(Line).OfType<string>().ToList();
        foreach (var batch in lines.Chunk(BatchLines))
        {
            await WriteAsync(batch, refused, cancellation);
        }

        _prepared = true;
        await Journal.WriteAsync(new JournalWrite
        {
            Quarantine = refused,
            Rows = (connection, _) => StoreCursor(connection, entries[^1].Position),
        }, cancellation);
    }

    private string? Line(Entry entry) => WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _)
        ? LineProtocol.Line(measurement, Journal.Id.Gateway, registry.Find(measurement.Device)?.Context.Key ?? measurement.Device.Key)
        : null;

    // Lines overwrite themselves, so halves of a partly stored batch may be written again.
    private async Task WriteAsync(ArraySegment<string> lines, List<QuarantinedBytes> refused, CancellationToken cancellation)
    {
        if (lines.Count == 0 || await writer.WriteAsync(lines, cancellation) is not WriteOutcome.Refused { Status: var status, Reason: var reason })
        {
            return;
        }

        if (lines.Count == 1)
        {
            // InfluxDB's own words quote the line with its value: they belong into the sealed bytes.
            refused.Add(new QuarantinedBytes(
                Name, $"InfluxDB refuses the point ({status})", Encoding.UTF8.GetBytes($"{lines[0]}\n# {reason}")));
            return;
        }

        await WriteAsync(lines[..(lines.Count / 2)], refused, cancellation);
        await WriteAsync(lines[(lines.Count / 2)..], refused, cancellation);
    }
}
