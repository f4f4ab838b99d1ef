using IoTHealth.Cloud.Patients;

namespace IoTHealth.Cloud.Feeds;

/// <summary>Tells each resident's grain of its readings.</summary>
public sealed class LatestFeed(IGrainFactory grains) : IFeed
{
    public string Name => "latest";

    public async Task<IReadOnlyList<FeedOutcome>> DeliverAsync(IReadOnlyList<FeedItem> items, CancellationToken cancellation)
    {
        foreach (var resident in items.GroupBy(item => item.Resident, StringComparer.Ordinal))
        {
            await grains.GetGrain<IPatientGrain>(resident.Key)
                .ApplyAsync([.. resident.SelectMany(item => LatestValue.Of(item.Measurement))]);
        }

        return [.. items.Select(_ => new FeedOutcome.Delivered())];
    }
}
