namespace IoTHealth.Cloud.Security;

/// <summary>The gateways that may come in, as cloud.yaml says now; replaced as a whole when it changes.</summary>
public sealed class GatewayRegistry(IReadOnlyDictionary<string, GatewayCredential> gateways)
{
    private volatile IReadOnlyDictionary<string, GatewayCredential> _gateways = gateways;

    /// <summary>Null for one that is not registered.</summary>
    public GatewayCredential? Find(string gateway) => _gateways.GetValueOrDefault(gateway);

    /// <summary>Takes the new gateways.</summary>
    /// <returns>Those that are gone, or are known by something else since.</returns>
    public IReadOnlyList<string> Replace(IReadOnlyDictionary<string, GatewayCredential> now)
    {
        var before = _gateways;
        _gateways = now;
        return [.. before.Where(gateway => !Equals(now.GetValueOrDefault(gateway.Key), gateway.Value)).Select(gateway => gateway.Key)];
    }
}
