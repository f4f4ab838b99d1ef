using System.Security.Cryptography;
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

    public TestFolder Folder { get; } = new();

    public TestCertificates Certificates { get; }

    public byte[] Key { get; } = RandomNumberGenerator.GetBytes(32);

    public string Configuration => Folder.File("cloud.yaml");

    public void WriteResidents(string text) => File.WriteAllText(Folder.File("residents.yaml"), text);

    public void WriteConfiguration(Uri? records, string gateways = "{ id: gw-01, keyFile: gw-01.key }", string more = "") => File.WriteAllText(Configuration, $$"""
        data: data
        hub: { address: 127.0.0.1, port: 0, hostName: {{Gateway.HubHost}}, certificate: cloud.pem, key: cloud.key, clientCa: ca.pem,
               resendAfterSeconds: 1, gateways: [ {{gateways}} ] }
        api: { address: 127.0.0.1, port: 0 }{{more}}
        residents: residents.yaml
        {{(records is null ? "" : $"records: {{ url: {records}, ca: ca.pem }}")}}
        """);

    public void Dispose()
    {
        Certificates.Dispose();
        Folder.Dispose();
    }
}
