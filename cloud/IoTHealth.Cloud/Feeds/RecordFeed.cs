using System.Collections.Concurrent;
using IoTHealth.Cloud.Log;
using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;
using IoTHealth.Records;

namespace IoTHealth.Cloud.Feeds;

/// <summary>
/// Tells the record system: FHIR transactions of at most 50 measurements, several in flight. What was told of a measurement
/// before and is wrong now is put to entered-in-error first.
/// </summary>
public sealed class RecordFeed(AttributionStore attributions, IMeasurementLog log, ResidentDirectory residents, BundleDelivery delivery)
    : IFeed
{
    public const string FeedName = "records";

    private const int BundleMeasurements = 50;
    private const int BundlesInFlight = 4;

    /// <summary>Patients, devices and gateways that the record system surely has: it was told of them before.</summary>
    private readonly ConcurrentDictionary<string, bool> _established = [];

    public string Name => FeedName;

    public async Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation)
    {
        var outcomes = new FeedOutcome[items.Count];
        Array.Fill(outcomes, new FeedOutcome.Awaiting("unknown-resident"));
        var known = items.Select((item, index) => (Item: item, Index: index, Resident: residents.Find(item.Resident)))
            .Where(one => one.Resident is not null).ToList();
        var numbers = await attributions.DecideAsync([.. known.Select(one => one.Item)], cancellation);
        var sends = known.Zip(numbers, (one, number) => new Sending(one.Index, Attribute(one.Item, one.Resident!, number)));
        // One page may hold a measurement and its correction: they go one after the other, never in one transaction.
        foreach (var wave in sends.GroupBy(sending => sending.Measurement.AttributionRevision).OrderBy(wave => wave.Key))
        {
            await TakeBackReplacedAsync([.. wave.Select(Place)], cancellation);
            await SendAsync([.. wave], outcomes, cancellation);
        }

        return outcomes;
    }

    public async Task<IReadOnlyList<Telling>> MisattributedAsync(
        DeviceId device, Func<Telling, bool> contradicts, CancellationToken cancellation) =>
        [.. (await attributions.StandingAsync(device, cancellation)).Where(contradicts)];

    public Task WithdrawAsync(IReadOnlyList<MeasurementId> measurements, CancellationToken cancellation) =>
        TakeBackReplacedAsync([.. measurements.Select(measurement => (measurement, int.MaxValue))], cancellation);

    private static AttributedMeasurement Attribute(FeedItem item, Resident resident, int number) => new(
        item.Measurement, resident, number, new Origin(item.Logged.Journal, item.Logged.Entry.Position, item.Logged.Received));

    private static (MeasurementId Measurement, int Number) Place(Sending sending) =>
        (sending.Measurement.Measurement.Id, sending.Measurement.AttributionRevision);

    private async Task TakeBackReplacedAsync(IReadOnlyList<(MeasurementId Measurement, int Number)> by, CancellationToken cancellation)
    {
        var replacing = by.Where(now => now.Number > 1).ToList();
        var replaced = replacing.Count > 0 ? await attributions.ReplacedAsync(replacing, cancellation) : [];
        foreach (var chunk in replaced.Chunk(BundleMeasurements))
        {
            var wrong = new List<AttributedMeasurement>();
            foreach (var telling in chunk)
            {
                if (await ToldAsync(telling, cancellation) is { } told)
                {
                    wrong.Add(told);
                }
            }

            if (wrong.Count > 0)
            {
                await delivery.TakeBackAsync(wrong.ToArray(), cancellation);
            }

            await attributions.MarkTakenBackAsync(chunk, cancellation);
        }
    }

    /// <summary>What was told, as it was told; null when the resident has left the file, which nobody can be asked about.</summary>
    private async Task<AttributedMeasurement?> ToldAsync(Telling telling, CancellationToken cancellation)
    {
        var logged = (await log.ReadAsync(telling.Shard, telling.Position - 1, 1, cancellation)).Single();
        if (residents.Find(telling.Subject) is { } resident
            && WireForm.TryDecodeMeasurement(logged.Entry.Payload, out var measurement, out _))
        {
            return Attribute(new FeedItem(logged, measurement, telling.Subject), resident, telling.Number);
        }

        delivery.LogStanding(telling.Measurement);
        return null;
    }

    /// <summary>
    /// Receivers race on conditional creates, so a bundle that names a new patient or device goes alone, before the others.
    /// </summary>
    private async Task SendAsync(List<Sending> sends, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        var bundles = sends.Chunk(BundleMeasurements).ToLookup(bundle => bundle.All(IsEstablished));
        foreach (var bundle in bundles[false])
        {
            await DeliverAsync(bundle, outcomes, cancellation);
            foreach (var name in bundle.Where(sent => outcomes[sent.Index] is FeedOutcome.Delivered).SelectMany(Names))
            {
                _established[name] = true;
            }
        }

        var parallel = new ParallelOptions { MaxDegreeOfParallelism = BundlesInFlight, CancellationToken = cancellation };
        await Parallel.ForEachAsync(bundles[true], parallel, async (bundle, stop) => await DeliverAsync(bundle, outcomes, stop));
    }

    private async Task DeliverAsync(Sending[] bundle, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        var allowed = bundle.Where(sending => residents.MayRecord(sending.Measurement.Resident.Key));
        await attributions.MarkSentAsync(allowed.Select(Place), cancellation);
        await delivery.DeliverAsync(bundle, outcomes, cancellation);
        var refused = bundle.Where(sending => outcomes[sending.Index] is FeedOutcome.Quarantined);
        await attributions.MarkRefusedAsync(refused.Select(Place), cancellation);
    }

    private bool IsEstablished(Sending sending) => Names(sending).All(_established.ContainsKey);

    private static IEnumerable<string> Names(Sending sending) =>
    [
        $"patient {sending.Measurement.Resident.Identifier}",
        $"device {sending.Measurement.Measurement.Device.Key}",
        $"gateway {sending.Measurement.Origin.Journal.Gateway}",
    ];
}

/// <summary>A measurement on its way, with its place in the page.</summary>
public sealed record Sending(int Index, AttributedMeasurement Measurement);
