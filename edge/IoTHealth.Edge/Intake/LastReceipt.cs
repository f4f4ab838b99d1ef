using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>A moment that has certainly passed: it cannot be earlier now.</summary>
public static class LastReceipt
{
    private const int EntriesLookedAt = 100;

    /// <returns>
    /// The latest moment at which a time service kept the clock right; where there was none, the latest receipt among the last entries by
    /// a clock that nobody vouches for; the minimum where there is none.
    /// </returns>
    public static DateTimeOffset In(IJournal journal, ClockBook book)
    {
        try
        {
            var receipts = journal.Read(Math.Max(1, journal.Head - EntriesLookedAt), journal.Head, EntriesLookedAt + 1, int.MaxValue)
                .Where(entry => entry.Kind == EntryKind.Measurement)
                .Select(entry => WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) ? measurement.Time : null)
                .OfType<MeasurementTime>().ToList();
            var vouched = receipts.Select(time => InstantRevision.ReceiptOf(time, book)).OfType<TrueTime>().Select(time => time.Instant).Append(book.LatestRight).Max();

            // A clock that stood in the future once must not hold the floor for ever.
            return vouched > default(DateTimeOffset) ? vouched : receipts.Select(time => time.Received).DefaultIfEmpty().Max();
        }
        catch (IOException)
        {
            // A damaged entry is the readers' trouble.
            return book.LatestRight;
        }
    }
}
