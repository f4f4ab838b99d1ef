using System.Net;
using IoTHealth.Cloud.Security;
using IoTHealth.Documents;

namespace IoTHealth.Cloud;

/// <summary>cloud.yaml (<c>cloud.schema.json</c>). Files and folders are absolute once loaded.</summary>
public sealed record CloudSettings
{
    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(CloudSettings).Assembly, "cloud.schema.json");

    /// <summary>Where it was read from.</summary>
    public string File { get; private init; } = "";

    public required string Data { get; init; }

    public required HubSettings Hub { get; init; }

    public required ApiSettings Api { get; init; }

    public required string Residents { get; init; }

    public RecordsSettings? Records { get; init; }

    /// <summary>Where gateways fetch their configuration and certificates; null for nowhere.</summary>
    public GatewayApiSettings? GatewayApi { get; init; }

    /// <summary>IANA zone of the facilities, for the ledger's days.</summary>
    public string TimeZone { get; init; } = "Etc/UTC";

    /// <summary>Reads the file and checks every secret it names.</summary>
    /// <exception cref="DocumentException">The file breaks its schema.</exception>
    /// <exception cref="StartException">A file it names is missing or open to others.</exception>
    public static CloudSettings Load(string path)
    {
        var settings = Document.Load<CloudSettings>(path, Schema).Below(Path.GetFullPath(path));
        settings.Check();
        return settings;
    }

    private CloudSettings Below(string path) => Below(path, Path.GetDirectoryName(path)!);

    private CloudSettings Below(string path, string folder) => this with
    {
        File = path,
        Data = Path.Combine(folder, Data),
        Residents = Path.Combine(folder, Residents),
        Hub = Hub with
        {
            Certificate = Path.Combine(folder, Hub.Certificate),
            Key = Path.Combine(folder, Hub.Key),
            ClientCa = Hub.ClientCa is null ? null : Path.Combine(folder, Hub.ClientCa),
            ClientCaKey = Hub.ClientCaKey is null ? null : Path.Combine(folder, Hub.ClientCaKey),
            Gateways = [.. Hub.Gateways.Select(gateway => gateway.Below(folder))],
        },
        GatewayApi = GatewayApi is null ? null : GatewayApi with
        {
            Certificate = Path.Combine(folder, GatewayApi.Certificate),
            Key = Path.Combine(folder, GatewayApi.Key),
        },
        Records = Records is null ? null : Records with { Ca = Path.Combine(folder, Records.Ca) },
    };

    private void Check()
    {
        SecretFile.Check(Hub.Key);
        if (GatewayApi is not null)
        {
            SecretFile.Check(GatewayApi.Key);
        }

        foreach (var file in new[] { Hub.Certificate, Hub.ClientCa, Residents, Records?.Ca, GatewayApi?.Certificate }.OfType<string>().Where(file => !System.IO.File.Exists(file)))
        {
            throw new StartException($"{file}: there is no such file");
        }

        Patients.ResidentsFile.Load(Residents);
        Hub.ReadGateways();
        Hub.ReadClientAuthorities();
        Hub.ReadIssuer()?.Dispose();
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            throw new StartException($"timeZone: there is no zone '{TimeZone}'");
        }
    }
}

public sealed record ApiSettings
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    public IPAddress IpAddress => IPAddress.Parse(Address);
}

public sealed record RecordsSettings
{
    public required Uri Url { get; init; }

    public required string Ca { get; init; }
}
