namespace IoTHealth.Demo.Watching;

/// <summary>The cloud's <c>GET /status</c>.</summary>
public sealed record CloudStatus(IReadOnlyList<GatewayStatus> Gateways, IReadOnlyList<FeedStatus> Feeds);

/// <summary>What the cloud has of a gateway's journal; of what is gone the gateway said that it never will come.</summary>
public sealed record GatewayStatus(string Gateway, string Journal, long Received, long Missing, long Head, long Gone = 0);

/// <summary>How far a feed has come, and what it holds back.</summary>
public sealed record FeedStatus(string Name, long Behind, long Delivered, long Awaiting, long Withheld, long Quarantined);
