using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo.Running;

/// <summary>
/// How far the readings have come on their way to the records: the journal's last position, how many of its entries the uplink
/// knows the cloud to have, what the cloud has and lacks of the gateway, in all its journals, and what the feed furthest behind has
/// yet to deliver.
/// </summary>
public sealed record Drain(long Head, long Uplinked, long Received, long Missing, long Behind)
{
    /// <summary>All has arrived.</summary>
    public bool Done => Settled && Missing == 0;

    /// <summary>All has arrived but for what the cloud knows to be missing.</summary>
    public bool Settled => Uplinked >= Head && Received + Missing > 0 && Behind == 0;

    public static Drain Of(EdgeLive live, CloudStatus status)
    {
        var journals = status.Gateways.Where(one => one.Gateway == Facility.Gateway).ToList();
        var uplink = live.Readers.FirstOrDefault(reader => reader.Name == "uplink");
        return new Drain(
            live.Head,
            uplink is null ? 0 : live.Head - uplink.Behind,
            journals.Sum(journal => journal.Received),
            journals.Sum(journal => journal.Missing),
            status.Feeds.Select(feed => feed.Behind).DefaultIfEmpty(0).Max());
    }
}
