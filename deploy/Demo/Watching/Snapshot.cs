using System.Globalization;

namespace IoTHealth.Demo.Watching;

/// <summary>What edge and cloud said at one moment; null for one that does not answer.</summary>
internal sealed record Snapshot(DateTimeOffset At, EdgeLive? Edge, CloudStatus? Cloud)
{
    /// <summary>The whole of it on one line, for logs and pipes.</summary>
    public string Line => string.Create(CultureInfo.InvariantCulture, $"{At:HH:mm:ss} {EdgePart} | {CloudPart}");

    private string EdgePart => Edge is null
        ? "edge: no answer"
        : string.Create(CultureInfo.InvariantCulture,
            $"edge head {Edge.Head} {string.Join(' ', Edge.Readers.Select(Lag))} devices {Edge.Devices.Count} "
            + $"alarms {Edge.Alarms.Count} (open {Edge.Alarms.Count(alarm => alarm.IsOpen)}) quarantined {Edge.Quarantined}");

    private string CloudPart => Cloud is null
        ? "cloud: no answer"
        : string.Join(' ', Cloud.Gateways.Select(Received).Concat(Cloud.Feeds.Select(Delivered)));

    private static string Lag(ReaderPosition reader) =>
        string.Create(CultureInfo.InvariantCulture, $"{reader.Name} {reader.Behind} behind");

    private static string Received(GatewayStatus gateway) => string.Create(
        CultureInfo.InvariantCulture, $"cloud received {gateway.Received} missing {gateway.Missing}");

    private static string Delivered(FeedStatus feed) => string.Create(
        CultureInfo.InvariantCulture,
        $"{feed.Name} delivered {feed.Delivered} behind {feed.Behind} waiting {feed.Awaiting} withheld {feed.Withheld} quarantined {feed.Quarantined}");
}
