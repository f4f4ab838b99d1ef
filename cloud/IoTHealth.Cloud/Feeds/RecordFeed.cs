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

    private readonly ReadingSource _source = new(log);

    /// <summary>How far this round over the take-backs that have not succeeded is.</summary>
    private Telling? _pendingAfter;

    public string Name => FeedName;

    public bool TellsDocuments => true;

    public async Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation)
    {
        var outcomes = new FeedOutcome[items.Count];
        Array.Fill(outcomes, new FeedOutcome.Awaiting(FeedOutcome.Awaiting.UnknownResident));
        var known = items.Select((item, index) => (Item: item, Index: index, Resident: residents.Find(item.Resident)))
            .Where(one => one.Resident is not null).ToList();
        var numbers = await attributions.DecideAsync([.. known.Select(one => one.Item)], cancellation);
        var sends = known.Zip(numbers, (one, number) => new Sending(one.Index, Attribute(one.Item, one.Resident!, number)));
        // One page may hold a measurement and its correction: they go one after the other, never in one transaction.
        foreach (var wave in sends.GroupBy(sending => sending.Measurement.AttributionRevision).OrderBy(wave => wave.Key))
        {
            var replaced = await attributions.ReplacedAsync([.. wave.Select(Place).Where(now => now.Number > 1)], cancellation);
            await TakeBackAsync(replaced, cancellation);
            await SendAsync([.. wave.Where(sending => !items[sending.Index].IsRetry)], outcomes, cancellation);
            await SendOnceAsync([.. wave.Where(sending => items[sending.Index].IsRetry)], outcomes, cancellation);
        }

        return outcomes;
    }

    public async Task<IReadOnlyList<Telling>> MisattributedAsync(
        DeviceId device, Func<Telling, bool> contradicts, CancellationToken cancellation) =>
        [.. (await attributions.StandingAsync(device, cancellation)).Where(contradicts)];

    public async Task WithdrawAsync(IReadOnlyList<WaitingReading> waiting, CancellationToken cancellation)
    {
        var residentOf = new Dictionary<MeasurementId, string?>();
        foreach (var reading in waiting)
        {
            // Two contents of one measurement may wait.
            residentOf[reading.Measurement] = reading.Resident;
        }

        var told = await attributions.ReplacedAsync([.. residentOf.Keys.Select(measurement => (measurement, int.MaxValue))], cancellation);
        await TakeBackAsync([.. told.Where(telling => telling.Subject != residentOf[telling.Measurement])], cancellation);
    }

    public async Task<bool> TakeBackAgainAsync(CancellationToken cancellation)
    {
        var slice = await attributions.PendingAsync(_pendingAfter, BundleMeasurements, cancellation);
        foreach (var telling in slice)
        {
            if (await ToldAsync(telling, cancellation) is { } told && await delivery.TakeBackOnceAsync(told, cancellation) is FhirAnswer.Taken)
            {
                await attributions.MarkTakenBackAsync([telling], cancellation);
            }
        }

        _pendingAfter = slice.Count < BundleMeasurements ? null : slice[^1];
        return _pendingAfter is not null;
    }

    public Task<long> CountNotTakenBackAsync(CancellationToken cancellation) => attributions.CountPendingAsync(cancellation);

    private static AttributedMeasurement Attribute(FeedItem item, Resident resident, int number) => new(
        item.Measurement, resident, number, new Origin(item.Logged.Journal, item.Logged.Entry.Position, item.Logged.Received), item.Document);

    private static (MeasurementId Measurement, int Number) Place(Sending sending) =>
        (sending.Measurement.Measurement.Id, sending.Measurement.AttributionRevision);

    /// <summary>What cannot be taken back now stands as pending: the correct Observation must not wait for it.</summary>
    private async Task TakeBackAsync(IReadOnlyList<Telling> replaced, CancellationToken cancellation)
    {
        foreach (var chunk in replaced.Chunk(BundleMeasurements))
        {
            var (wrong, pending) = (new Dictionary<AttributedMeasurement, Telling>(), new List<Telling>());
            foreach (var telling in chunk)
            {
                if (await ToldAsync(telling, cancellation) is { } told)
                {
                    wrong.Add(told, telling);
                }
                else
                {
                    delivery.LogStanding(telling.Measurement);
                    pending.Add(telling);
                }
            }

            pending.AddRange((await delivery.TakeBackAsync([.. wrong.Keys], cancellation)).Select(standing => wrong[standing]));
            await attributions.MarkPendingAsync(pending, cancellation);
            await attributions.MarkTakenBackAsync(chunk.Except(pending), cancellation);
        }
    }

    /// <summary>What was told, as it was told; null when the resident has left the file, which nobody can be asked about.</summary>
    private async Task<AttributedMeasurement?> ToldAsync(Telling telling, CancellationToken cancellation) =>
        residents.Find(telling.Subject) is { } resident
        && await log.ReadAsync(telling.Shard, telling.Position - 1, 1, cancellation) is [var logged]
        && (await _source.ReadAsync(logged, cancellation)).Reading is { } reading
            ? Attribute(new FeedItem(logged, reading.Measurement, telling.Subject, Document: reading.Document), resident, telling.Number)
            : null;

    /// <summary>
    /// Receivers race on conditional creates, so a bundle that names a new patient or device goes alone, before the others.
    /// </summary>
    private async Task SendAsync(List<Sending> sends, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        // A document may have megabytes: it goes alone.
        var alone = sends.Where(sending => sending.Measurement.Document is not null).Select(sending => new[] { sending });
        var together = sends.Where(sending => sending.Measurement.Document is null).Chunk(BundleMeasurements);
        var bundles = together.Concat(alone).ToLookup(bundle => bundle.All(IsEstablished));
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

    /// <summary>What was stuck before gets one attempt of its own, until the server does not answer at all.</summary>
    private async Task SendOnceAsync(Sending[] stuck, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        await MarkSentAsync(stuck, cancellation);
        var isAnswering = true;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = BundlesInFlight, CancellationToken = cancellation };
        await Parallel.ForEachAsync(stuck, parallel, async (sending, stop) =>
        {
            if (!Volatile.Read(ref isAnswering))
            {
                outcomes[sending.Index] = new FeedOutcome.Awaiting(FeedOutcome.Awaiting.RecordServer + "no answer");
            }
            else if (!await delivery.DeliverOnceAsync(sending, outcomes, stop))
            {
                Volatile.Write(ref isAnswering, false);
            }
        });
        await MarkRefusedAsync(stuck, outcomes, cancellation);
    }

    private async Task DeliverAsync(Sending[] bundle, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
        await MarkSentAsync(bundle, cancellation);
        await delivery.DeliverAsync(bundle, outcomes, cancellation);
        await MarkRefusedAsync(bundle, outcomes, cancellation);
    }

    private Task MarkSentAsync(Sending[] bundle, CancellationToken cancellation) => attributions.MarkSentAsync(
        bundle.Where(sending => residents.ConsentOf(sending.Measurement.Resident.Key) == ConsentDecision.Permit).Select(Place), cancellation);

    private async Task MarkRefusedAsync(Sending[] bundle, FeedOutcome[] outcomes, CancellationToken cancellation)
    {
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
