using IoTHealth.Cloud.Log;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Finds the versions of a measurement that another version makes needless: it says all of the same and more. A device tells an
/// episode shortly in one report and fully in another, or a glucose value before its meal; whichever comes last, the fuller one is told.
/// </summary>
public sealed class FullerVersions(IMeasurementLog log)
{
    /// <summary>Those of the readings that a fuller version outdoes; what devices stream has one version only and is not looked up.</summary>
    public async Task<HashSet<LoggedEntry>> OutdoneAsync(IReadOnlyList<(LoggedEntry Logged, Measurement Measurement)> readings, CancellationToken cancellation)
    {
        var asked = readings.Where(reading => reading.Logged.Entry.Kind == EntryKind.Measurement && reading.Logged.Entry.Priority >= EntryPriority.Episode).ToList();
        var versions = (await log.FindAsync([.. asked.Select(reading => reading.Measurement.Id)], cancellation))
            .ToLookup(entry => entry.Entry.Id);
        return
        [
            .. asked.Where(reading => versions[reading.Measurement.Id].Any(other => other.Entry.Revision != reading.Logged.Entry.Revision
                && WireForm.TryDecodeMeasurement(other.Entry.Payload, out var fuller, out _) && Says(fuller, reading.Measurement)))
                .Select(reading => reading.Logged),
        ];
    }

    // Everything the lesser one says, and something more. What a gateway made of its clocks is no part of what the device says.
    private static bool Says(Measurement fuller, Measurement lesser)
    {
        var (more, less) = (Told(fuller), Told(lesser));
        return lesser.Components.All(fuller.Components.Contains) && less.All(more.Contains)
            && fuller.Components.Length + more.Count > lesser.Components.Length + less.Count;
    }

    private static List<string> Told(Measurement measurement) => [.. measurement.Flags.Where(flag => !MeasurementFlag.IsOfClock(flag))];
}
