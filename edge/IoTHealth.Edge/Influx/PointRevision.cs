using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Influx;

/// <summary>
/// Where a reading stands in the history as the log is followed: by what was known of clocks at its position. A clock entry that says
/// more moves the points before it. What stands where follows from the log alone, so a batch that is handed over again ends the same.
/// </summary>
/// <param name="journal">Holds the readings whose points move.</param>
/// <param name="clocks">What is known of clocks.</param>
/// <param name="position">Where the following begins.</param>
public sealed class PointRevision(IJournal journal, ClockLog clocks, long position)
{
    /// <summary>Points before this many entries stay where they are: their readings' instants are right in the journal and in the cloud.</summary>
    private const int EntriesRevised = 50_000;

    private const int BatchEntries = 5_000;
    private const int BatchBytes = 4 * 1024 * 1024;

    private ClockBook _book = clocks.UpTo(position);

    /// <summary>A reading as it was known at its place in the log.</summary>
    public Measurement AsOfNow(Measurement measurement) => InstantRevision.Revise(measurement, _book);

    /// <summary>Takes a clock entry into account.</summary>
    /// <returns>The readings before it whose points move. Read lazily.</returns>
    public IEnumerable<MovedPoint> Take(Entry clock)
    {
        if (!WireForm.TryDecodeClock(clock.Payload, out var entry, out _))
        {
            return [];
        }

        var before = _book;
        _book = before.With(entry);
        return before.MayRevise(entry) ? Moved(clock.Position, before, _book) : [];
    }

    private IEnumerable<MovedPoint> Moved(long end, ClockBook before, ClockBook after)
    {
        for (var from = Math.Max(1, end - EntriesRevised); from < end;)
        {
            var entries = journal.Read(from, end - 1, BatchEntries, BatchBytes);
            foreach (var entry in entries.Where(entry => entry.Kind == EntryKind.Measurement))
            {
                if (WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) &&
                    InstantRevision.Revise(measurement, before) is var old && InstantRevision.Revise(measurement, after) is var now &&
                    LineProtocol.Nanoseconds(old) != LineProtocol.Nanoseconds(now))
                {
                    yield return new MovedPoint(old, now, entry.Payload);
                }
            }

            from = entries.Count == 0 ? end : entries[^1].Position + 1;
        }
    }
}
