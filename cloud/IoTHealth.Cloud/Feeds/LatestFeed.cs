using IoTHealth.Cloud.Patients;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Feeds;

/// <summary>Tells each resident's grain of its readings.</summary>
public sealed class LatestFeed(IGrainFactory grains, LatestStore store) : IFeed
{
    public string Name => "latest";

    public async Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation)
    {
        foreach (var resident in items.GroupBy(item => item.Resident, StringComparer.Ordinal))
        {
            await grains.GetGrain<IPatientGrain>(resident.Key)
                .ApplyAsync([.. resident.SelectMany(item => LatestValue.Of(item.Measurement, item.Logged))]);
        }

        return [.. items.Select(_ => new FeedOutcome.Delivered())];
    }

    public async Task<IReadOnlyList<Telling>> MisattributedAsync(
        DeviceId device, Func<Telling, bool> contradicts, CancellationToken cancellation) =>
        [.. (await store.ShownAsync(device, cancellation)).Select(Tell).Where(contradicts)];

    public Task WithdrawAsync(IReadOnlyList<WaitingReading> waiting, CancellationToken cancellation) =>
        store.RemoveAsync(waiting.Select(reading => (reading.Measurement, reading.Resident)), cancellation);

    private static Telling Tell(ShownMeasurement shown) =>
        new(shown.Measurement, 1, shown.Resident, shown.Instant, shown.Shard, shown.Position);
}
