namespace IoTHealth.Edge.Configuration;

/// <summary>The cloud, by Azure IoT Hub's MQTT device protocol. A key, a certificate or a workload API lets the gateway in.</summary>
/// <param name="Host">Where to connect: the hub, or edgeHub.</param>
/// <param name="Port">TLS port.</param>
/// <param name="HubHost">The hub's name, in user name and token; in its certificate where it is not edgeHub.</param>
/// <param name="KeyFile">Base64 symmetric key.</param>
/// <param name="Ca">Authority of the hub's certificate; where there is a workload API it may be left out for that one's trust bundle.</param>
/// <param name="Certificate">Client certificate, common name = gateway id.</param>
/// <param name="Key">Its key.</param>
/// <param name="Renewal">Who renews the certificate; null where somebody replaces the files.</param>
/// <param name="Workload">Present where the gateway is an Azure IoT Edge module.</param>
/// <param name="KilobitsPerSecond">Most that telemetry may take of the line; null for all.</param>
public sealed record UplinkSettings(
    string Host, int Port, string HubHost, string? KeyFile = null, string? Ca = null, string? Certificate = null, string? Key = null,
    RenewalSettings? Renewal = null, WorkloadSettings? Workload = null, int? KilobitsPerSecond = null)
{
    internal UplinkSettings At(Func<string, string> at) => this with
    {
        KeyFile = KeyFile is null ? null : at(KeyFile),
        Ca = Ca is null ? null : at(Ca),
        Certificate = Certificate is null ? null : at(Certificate),
        Key = Key is null ? null : at(Key),
        Renewal = Renewal is not { Ca: { } ca } ? Renewal : Renewal with { Ca = at(ca) },
    };
}

/// <summary>Renewal of the client certificate by EST (RFC 7030, simplereenroll).</summary>
/// <param name="Url">The server, without the well-known path.</param>
/// <param name="Ca">Its authority; the hub's where it is left out.</param>
public sealed record RenewalSettings(Uri Url, string? Ca = null);

/// <summary>The workload API of Azure IoT Edge. What is left out the environment of the module says.</summary>
/// <param name="Uri">For example <c>unix:///var/run/iotedge/workload.sock</c> (IOTEDGE_WORKLOADURI).</param>
/// <param name="Device">Device id (IOTEDGE_DEVICEID).</param>
/// <param name="Module">Module id (IOTEDGE_MODULEID).</param>
/// <param name="Generation">Generation of the module's identity (IOTEDGE_MODULEGENERATIONID).</param>
public sealed record WorkloadSettings(string? Uri = null, string? Device = null, string? Module = null, string? Generation = null)
{
    /// <exception cref="IOException">The environment does not say it either.</exception>
    internal WorkloadSettings Completed() => new(
        Uri ?? Variable("IOTEDGE_WORKLOADURI"), Device ?? Variable("IOTEDGE_DEVICEID"), Module ?? Variable("IOTEDGE_MODULEID"),
        Generation ?? Variable("IOTEDGE_MODULEGENERATIONID"));

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value
        ? value
        : throw new IOException($"uplink.workload: neither the configuration nor {name} says what it is");
}
