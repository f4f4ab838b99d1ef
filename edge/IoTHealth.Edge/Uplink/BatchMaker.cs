using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Reads a portion from the journal and packs it. A message holds entries of one generation, and on the wire their positions
/// count from its base (docs/decisions/0011).
/// </summary>
internal sealed class BatchMaker(IJournal journal)
{
    /// <summary>Entries of one message.</summary>
    public const int EntriesMaximum = 4_000;

    private const int BytesMaximum = 1024 * 1024;

    /// <summary>More than a batch is ever compressed to; what is read beyond that for a small message was read for nothing.</summary>
    private const int CompressionMaximum = 32;

    /// <summary>As much of the portion, from its beginning, as one message holds.</summary>
    public Outgoing Make(Portion portion, long head, int bodyBytesMaximum)
    {
        var range = GenerationRange.Of(journal.Generations, portion.Runs[0].From, head);
        var (entries, read) = Read(portion.Runs, range.Last, Math.Min(BytesMaximum, CompressionMaximum * bodyBytesMaximum));
        if (entries.Count == 0)
        {
            return new Outgoing(portion.Lane, null, [], [.. read]);
        }

        var packed = BatchPacker.Pack(
            new JournalId(journal.Id.Gateway, range.Generation.Guid), range.Generation.OnWire(range.Last),
            [.. entries.Select(entry => entry with { Position = range.Generation.OnWire(entry.Position) })], bodyBytesMaximum);
        var sent = new IntervalSet();
        foreach (var entry in entries.Take(packed.Batch.Entries.Count))
        {
            sent.Add(entry.Position);
        }

        var last = packed.Batch.Entries.Count == entries.Count ? long.MaxValue : entries[packed.Batch.Entries.Count - 1].Position;
        var gone = read.Where(run => run.From <= last).SelectMany(run => sent.Missing(run.From, Math.Min(run.To, last)));
        return new Outgoing(portion.Lane, packed, [.. sent], [.. gone]);
    }

    /// <returns>The entries, and the runs that were looked through for them.</returns>
    private (List<Entry> Entries, List<Interval> Read) Read(IReadOnlyList<Interval> runs, long last, int bytesMaximum)
    {
        var entries = new List<Entry>();
        var read = new List<Interval>();
        var bytes = 0;
        foreach (var run in runs.TakeWhile(run => run.From <= last))
        {
            var (room, roomBytes) = (EntriesMaximum - entries.Count, bytesMaximum - bytes);
            if (room <= 0 || roomBytes <= 0)
            {
                break;
            }

            var to = Math.Min(run.To, last);
            var found = journal.Read(run.From, to, room, roomBytes);
            entries.AddRange(found);
            bytes += found.Sum(entry => entry.Payload.Length);

            // Of what follows the last one found nothing is known: a bound may have ended the reading.
            read.Add(run with { To = found.Count > 0 ? found[^1].Position : to });
        }

        return (entries, read);
    }
}
