using System.Text;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Follows the journal into the local InfluxDB. While it is down the cursor waits and intake does not notice. A batch that
/// is refused is halved until the single bad point is found; that one goes to quarantine, the others are written. What is learned of
/// clocks moves points that stand already.
/// </summary>
public sealed class InfluxBuffer(
    IJournal journal, InfluxWriter writer, DeviceRegistry registry, ClockLog clocks, TimeProvider time, ILogger<InfluxBuffer> logger)
    : JournalFollower("influx", journal, time, logger)
{
    private const int BatchLines = 5_000;

    private bool _prepared;
    private PointRevision? _revision;

    protected override async Task HandAsync(IReadOnlyList<Entry> entries, CancellationToken cancellation)
    {
        if (!_prepared)
        {
            await writer.PrepareAsync(cancellation);
        }

        // Until this batch has been taken: the database may have gone in the meantime.
        _prepared = false;
        var (refused, revision) = (new List<QuarantinedBytes>(), _revision ?? new PointRevision(Journal, clocks, Position));
        _revision = null;
        await WriteAsync(entries, revision, refused, cancellation);
        await Journal.WriteAsync(new JournalWrite
        {
            Quarantine = refused,
            Rows = (connection, _) => StoreCursor(connection, entries[^1].Position),
        }, cancellation);
        (_prepared, _revision) = (true, revision);
    }

    private async Task WriteAsync(
        IReadOnlyList<Entry> entries, PointRevision revision, List<QuarantinedBytes> refused, CancellationToken cancellation)
    {
        var lines = new List<string>(entries.Count);
        foreach (var entry in entries)
        {
            if (entry.Kind == EntryKind.Measurement && WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _))
            {
                lines.Add(Line(revision.AsOfNow(measurement), entry.Payload));
            }
            else if (entry.Kind == EntryKind.Clock)
            {
                // What stands before it in the log must stand in the database before it moves.
                await WriteAsync(lines, refused, cancellation);
                lines.Clear();
                foreach (var moved in revision.Take(entry).Chunk(BatchLines))
                {
                    await MoveAsync(moved, refused, cancellation);
                }
            }
        }

        await WriteAsync(lines, refused, cancellation);
    }

    // The new one first: a point that stands twice for a moment is better than none.
    private async Task MoveAsync(MovedPoint[] moved, List<QuarantinedBytes> refused, CancellationToken cancellation)
    {
        await WriteAsync([.. moved.Select(one => Line(one.New, one.Wire))], refused, cancellation);
        await writer.DeleteAsync([.. moved.Select(one => new StoredPoint(one.Old.Kind, KeyOf(one.Old.Device), Journal.Id.Gateway, LineProtocol.Nanoseconds(one.Old)))], cancellation);
    }

    private async Task WriteAsync(List<string> lines, List<QuarantinedBytes> refused, CancellationToken cancellation)
    {
        foreach (var batch in lines.Chunk(BatchLines))
        {
            await WriteAsync(new ArraySegment<string>(batch), refused, cancellation);
        }
    }

    private string Line(Measurement measurement, ReadOnlyMemory<byte> wire) => LineProtocol.Line(measurement, Journal.Id.Gateway, KeyOf(measurement.Device), wire);

    private string KeyOf(DeviceId device) => registry.Find(device)?.Context.Key ?? device.Key;

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
