using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud;

/// <summary>Where the hub serves, and whom.</summary>
public sealed record HubSettings
{
    public required string Address { get; init; }

    public required int Port { get; init; }

    /// <summary>The name that tokens are made for.</summary>
    public required string HostName { get; init; }

    /// <summary>A second name, where gateways reach the hub through a gateway host.</summary>
    public string? GatewayHostName { get; init; }

    public required string Certificate { get; init; }

    public required string Key { get; init; }

    /// <summary>PEM file of the authorities that issue gateways' certificates.</summary>
    public string? ClientCa { get; init; }

    /// <summary>PEM file of the key of the first of these; with it the cloud renews gateways' certificates.</summary>
    public string? ClientCaKey { get; init; }

    /// <summary>For how many days a renewed certificate is valid.</summary>
    public int CertificateDays { get; init; } = 90;

    /// <summary>For how long a position must be missing before its gateway is asked for it again.</summary>
    public int ResendAfterSeconds { get; init; } = 60;

    public required IReadOnlyList<GatewaySettings> Gateways { get; init; }

    public IPAddress IpAddress => IPAddress.Parse(Address);

    /// <summary>What each gateway is known by.</summary>
    /// <exception cref="StartException">A key file is missing, open to others or no key; or an id stands there twice.</exception>
    public IReadOnlyDictionary<string, GatewayCredential> ReadGateways()
    {
        var gateways = new Dictionary<string, GatewayCredential>(StringComparer.Ordinal);
        foreach (var gateway in Gateways)
        {
            if (gateway.Id == Patients.FileAssignments.Gateway || !gateways.TryAdd(gateway.Id, gateway.ReadCredential()))
            {
                throw new StartException($"hub.gateways: the id '{gateway.Id}' is taken");
            }

            if (gateway.Ca == true && ClientCa is null)
            {
                throw new StartException($"hub.gateways: '{gateway.Id}' goes by 'ca', and hub.clientCa names no authority");
            }
        }

        return gateways;
    }

    /// <summary>The authorities that issue gateways' certificates; none where none is named.</summary>
    /// <exception cref="StartException">The file is missing or holds no certificate.</exception>
    public X509Certificate2Collection ReadClientAuthorities()
    {
        var authorities = new X509Certificate2Collection();
        if (ClientCa is null)
        {
            return authorities;
        }

        try
        {
            authorities.ImportFromPemFile(ClientCa);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartException($"{ClientCa}: {e.Message}");
        }

        return authorities.Count > 0 ? authorities : throw new StartException($"{ClientCa}: there is no certificate in it");
    }

    /// <summary>The authority with its key, by which certificates are renewed; null where no key is named.</summary>
    /// <exception cref="StartException">The key is missing, open to others, or not that of the first authority.</exception>
    public X509Certificate2? ReadIssuer()
    {
        if (ClientCaKey is null)
        {
            return null;
        }

        SecretFile.Check(ClientCaKey);
        try
        {
            return X509Certificate2.CreateFromPemFile(ClientCa ?? throw new StartException("hub.clientCaKey stands without hub.clientCa"), ClientCaKey);
        }
        catch (Exception e) when (e is IOException or CryptographicException or ArgumentException)
        {
            throw new StartException($"{ClientCaKey}: it is not the key of the first certificate in {ClientCa}: {e.Message}");
        }
    }
}
