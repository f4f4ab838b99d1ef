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

    // Everything the lesser one says, and something more.
    private static bool Says(Measurement fuller, Measurement lesser) =>
        lesser.Components.All(fuller.Components.Contains) && lesser.Flags.All(fuller.Flags.Contains)
        && fuller.Components.Length + fuller.Flags.Length > lesser.Components.Length + lesser.Flags.Length;
}
