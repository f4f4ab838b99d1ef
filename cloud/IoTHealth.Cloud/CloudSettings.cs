using System.Net;
using IoTHealth.Cloud.Security;
using IoTHealth.Documents;

namespace IoTHealth.Cloud;

/// <summary>cloud.yaml (<c>cloud.schema.json</c>). Files and folders are absolute once loaded.</summary>
public sealed record CloudSettings
{
    private static readonly DocumentSchema Schema = DocumentSchema.FromResource(typeof(CloudSettings).Assembly, "cloud.schema.json");

    public required string Data { get; init; }

    public required HubSettings Hub { get; init; }

    public required ApiSettings Api { get; init; }

    public required string Residents { get; init; }

    public RecordsSettings? Records { get; init; }

    /// <summary>Reads the file and checks every secret it names.</summary>
    /// <exception cref="DocumentException">The file breaks its schema.</exception>
    /// <exception cref="StartException">A file it names is missing or open to others.</exception>
    public static CloudSettings Load(string path)
    {
        var settings = Document.Load<CloudSettings>(path, Schema).Below(Path.GetDirectoryName(Path.GetFullPath(path))!);
        settings.Check();
        return settings;
    }

    private CloudSettings Below(string folder) => this with
    {
        Data = Path.Combine(folder, Data),
        Residents = Path.Combine(folder, Residents),
        Hub = Hub with
        {
            Certificate = Path.Combine(folder, Hub.Certificate),
            Key = Path.Combine(folder, Hub.Key),
            Gateways = [.. Hub.Gateways.Select(gateway => gateway with { KeyFile = Path.Combine(folder, gateway.KeyFile) })],
        },
        Records = Records is null ? null : Records with { Ca = Path.Combine(folder, Records.Ca) },
    };

    private void Check()
    {
        SecretFile.Check(Hub.Key);
        foreach (var file in new[] { Hub.Certificate, Residents, Records?.Ca }.OfType<string>().Where(file => !File.Exists(file)))
        {
            throw new StartException($"{file}: there is no such file");
        }

        Patients.ResidentsFile.Load(Residents);
        Hub.ReadKeys();
    }
}

public sealed record HubSettings
{
    private const int KeyBytes = 32;

    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The name that tokens are made for.</summary>
    public required string HostName { get; init; }

    /// <summary>A second name, where gateways reach the hub through a gateway host.</summary>
    public string? GatewayHostName { get; init; }

    public required string Certificate { get; init; }

    public required string Key { get; init; }

    public required IReadOnlyList<GatewaySettings> Gateways { get; init; }

    public IPAddress IpAddress => IPAddress.Parse(Address);

    /// <summary>The key of each gateway.</summary>
    /// <exception cref="StartException">A key file is missing, open to others or no key; or an id stands there twice.</exception>
    public IReadOnlyDictionary<string, byte[]> ReadKeys()
    {
        var keys = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var gateway in Gateways)
        {
            if (gateway.Id == Patients.FileAssignments.Gateway || !keys.TryAdd(gateway.Id, Key32(gateway.KeyFile)))
            {
                throw new StartException($"hub.gateways: the id '{gateway.Id}' is taken");
            }
        }

        return keys;
    }

    private static byte[] Key32(string file)
    {
        var bytes = new byte[KeyBytes + 1];
        return Convert.TryFromBase64String(SecretFile.Read(file), bytes, out var length) && length == KeyBytes
            ? bytes[..KeyBytes]
            : throw new StartException($"{file}: it must hold {KeyBytes} bytes in base64");
    }
}

public sealed record GatewaySettings
{
    public required string Id { get; init; }

    public required string KeyFile { get; init; }
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
