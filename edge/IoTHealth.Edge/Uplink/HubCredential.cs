using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Uplink;

/// <summary>The credential that the settings name: it opens the hub, and what else the cloud serves to its gateways.</summary>
internal static class HubCredential
{
    /// <exception cref="IOException">There is none, or it cannot be used.</exception>
    public static IHubCredential Of(string gateway, UplinkSettings settings, TimeProvider time) => settings switch
    {
        { KeyFile: not null } => new KeyCredential(gateway, settings, time),
        { Certificate: not null, Key: not null } => new CertificateCredential(gateway, settings, time),
        { Workload: not null } => new WorkloadCredential(settings, time),
        _ => throw new IOException("uplink: there is neither keyFile, nor certificate and key, nor workload"),
    };
}
