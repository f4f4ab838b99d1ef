using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Intake;

/// <summary>When the gateway last received a reading, by its own clock: it cannot be earlier than that now.</summary>
public static class LastReceipt
{
    private const int EntriesLookedAt = 100;

    /// <returns>The latest receipt among the last entries, or the minimum where there is none.</returns>
    public static DateTimeOffset In(IJournal journal)
    {
        try
        {
            return journal.Read(Math.Max(1, journal.Head - EntriesLookedAt), journal.Head, EntriesLookedAt + 1, int.MaxValue)
                .Where(entry => entry.Kind == EntryKind.Measurement)
                .Select(entry => WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out _) ? measurement.Time.Received : default)
                .DefaultIfEmpty()
                .Max();
        }
        catch (IOException)
        {
            // A damaged entry is the readers' trouble; the clock then has no floor but its build.
            return default;
        }
    }
}
