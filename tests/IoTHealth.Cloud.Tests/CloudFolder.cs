using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests;

/// <summary>Everything a cloud program needs, in a folder of its own.</summary>
internal sealed class CloudFolder : IDisposable
{
    public CloudFolder(Uri? records = null)
    {
        Certificates = new TestCertificates(Folder.Path, TimeProvider.System);
        Certificates.Issue("cloud");
        Certificates.Issue("fhir");
        SecretFile.Write(Folder.File("gw-01.key"), Convert.ToBase64String(Key));
        WriteResidents(ResidentsText.Of("permit", ResidentsText.Assignment()));
        WriteConfiguration(records);
    }

    /// <summary>A line of the configuration: what gateways fetch by HTTPS.</summary>
    public const string GatewayApi = "\ngatewayApi: { address: 127.0.0.1, port: 0, host: 127.0.0.1, certificate: cloud.pem, key: cloud.key }";

    public TestFolder Folder { get; } = new();

    public TestCertificates Certificates { get; }

    public byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

    public string Configuration => Folder.File("cloud.yaml");

    public void WriteResidents(string text) => File.WriteAllText(Folder.File("residents.yaml"), text);

    public void WriteConfiguration(Uri? records, string gateways = "{ id: gw-01, keyFile: gw-01.key }", string more = "", string hub = "") => File.WriteAllText(Configuration, $$"""
        data: data
        hub: { address: 127.0.0.1, port: 0, hostName: {{Gateway.HubHost}}, certificate: cloud.pem, key: cloud.key, clientCa: ca.pem,
               resendAfterSeconds: 1, {{hub}}gateways: [ {{gateways}} ] }
        api: { address: 127.0.0.1, port: 0 }{{more}}
        residents: residents.yaml
        {{(records is null ? "" : $"records: {{ url: {records}, ca: ca.pem }}")}}
        """);

    /// <summary>An HTTPS client that trusts the folder's authority, with a certificate of its own or none.</summary>
    public HttpClient Client(X509Certificate2? certificate = null)
    {
        var authority = new X509Certificate2Collection();
        authority.ImportFromPemFile(Certificates.AuthorityFile);
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authority);
        var options = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        if (certificate is not null)
        {
            options.ClientCertificates = [certificate];
            options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new HttpClient(new SocketsHttpHandler { SslOptions = options, UseProxy = false });
    }

    public void Dispose()
    {
        Certificates.Dispose();
        Folder.Dispose();
    }
}
