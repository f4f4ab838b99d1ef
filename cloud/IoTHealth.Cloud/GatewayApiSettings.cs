using System.Net;

namespace IoTHealth.Cloud;

/// <summary>Where gateways fetch their configuration and their next certificate, over HTTPS.</summary>
public sealed record GatewayApiSettings
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The name by which gateways reach it; left out, the hub's.</summary>
    public string? Host { get; init; }

    public required string Certificate { get; init; }

    public required string Key { get; init; }

    public IPAddress IpAddress => IPAddress.Parse(Address);
}
