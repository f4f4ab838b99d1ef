using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo.Running;

/// <summary>
/// How far the readings have come on their way to the records: the journal's last position, how far the uplink knows the
/// cloud to have it, what the cloud has and lacks, and what the feed furthest behind has yet to deliver.
/// </summary>
public sealed record Drain(long Head, long Uplinked, long Received, long Missing, long Behind)
{
    /// <summary>All has arrived.</summary>
    public bool Done => Settled && Missing == 0;

    /// <summary>All has arrived but for what the cloud knows to be missing.</summary>
    public bool Settled => Uplinked >= Head && Received + Missing >= Head && Behind == 0;

    public static Drain Of(EdgeLive live, CloudStatus status)
    {
        var gateway = status.Gateways.FirstOrDefault(one => one.Gateway == Facility.Gateway && Same(one.Journal, live.Journal));
        var uplink = live.Readers.FirstOrDefault(reader => reader.Name == "uplink");
        return new Drain(
            live.Head,
            uplink?.Position ?? 0,
            gateway?.Received ?? 0,
            gateway?.Missing ?? live.Head,
            status.Feeds.Select(feed => feed.Behind).DefaultIfEmpty(0).Max());
    }

    private static bool Same(string one, string other) =>
        Guid.TryParse(one, out var left) && Guid.TryParse(other, out var right) && left == right;
}
