using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Edge.Uplink;

/// <summary>By what the hub knows us.</summary>
internal interface IHubCredential
{
    HubIdentity Identity { get; }

    /// <summary>What lets us in now; made anew for each connection.</summary>
    /// <exception cref="Exception">It cannot be had.</exception>
    Task<HubPass> PassAsync(CancellationToken cancellation);

    /// <summary>Completes when a session that began with this pass is better begun anew.</summary>
    Task RenewalAsync(HubPass pass, CancellationToken cancellation);
}

/// <summary>How the protocol names us.</summary>
/// <param name="ClientId">MQTT client id.</param>
/// <param name="UserName">MQTT user name.</param>
/// <param name="Events">Topic of telemetry, up to the property bag.</param>
internal sealed record HubIdentity(string ClientId, string UserName, string Events)
{
    private const string Version = "?api-version=2020-09-30";

    public static HubIdentity Device(string hubHost, string device) =>
        new(device, $"{hubHost}/{device}/{Version}", $"devices/{device}/messages/events/");

    public static HubIdentity Module(string hubHost, string device, string module) =>
        new($"{device}/{module}", $"{hubHost}/{device}/{module}/{Version}", $"devices/{device}/modules/{module}/messages/events/");
}

/// <summary>What lets us in.</summary>
/// <param name="Password">A token; null where a certificate stands for it.</param>
/// <param name="Certificate">A client certificate with its key.</param>
/// <param name="Trust">Authorities of the hub's certificate.</param>
internal sealed record HubPass(string? Password, X509Certificate2? Certificate, X509Certificate2Collection Trust);
