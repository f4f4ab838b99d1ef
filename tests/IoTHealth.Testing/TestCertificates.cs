using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Testing;

/// <summary>A certificate authority of one folder: <c>ca.pem</c>, and server certificates for 127.0.0.1 issued by it.</summary>
public sealed class TestCertificates : IDisposable
{
    private readonly string folder;
    private readonly DateTimeOffset from;
    private readonly DateTimeOffset until;
    private readonly X509Certificate2 authority;

    /// <param name="folder">Files are written here; keys get mode 0600.</param>
    /// <param name="time">Certificates are valid from a day before until a year after.</param>
    public TestCertificates(string folder, TimeProvider time)
    {
        this.folder = folder;
        (from, until) = (time.GetUtcNow().AddDays(-1), time.GetUtcNow().AddDays(365));
        authority = MakeAuthority();
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem() + "\n");
    }

    public string AuthorityFile => Path.Combine(folder, "ca.pem");

    /// <summary>Writes <c>name.pem</c> (chain) and <c>name.key</c> (PKCS#8) for 127.0.0.1, localhost and the hub's name.</summary>
    public void Issue(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = ServerRequest(name, key).Create(authority, from, until, RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(
            Path.Combine(folder, name + ".pem"),
            certificate.ExportCertificatePem() + "\n" + authority.ExportCertificatePem() + "\n");
        SecretFile.Write(Path.Combine(folder, name + ".key"), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    /// <summary>PEM file of the authority's private key, written at the first call.</summary>
    public string AuthorityKeyFile()
    {
        var path = Path.Combine(folder, "ca.key");
        using var key = authority.GetECDsaPrivateKey()!;
        SecretFile.Write(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        return path;
    }

    /// <summary>A client's certificate with its key, from this authority; valid as the server's where no other time is given.</summary>
    public X509Certificate2 Client(string commonName, DateTimeOffset? notBefore = null, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={commonName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using var bare = request.Create(authority, notBefore ?? from, notAfter ?? until, RandomNumberGenerator.GetBytes(16));
        return bare.CopyWithPrivateKey(key);
    }

    public void Dispose() => authority.Dispose();

    private X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=IoTHealth test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));

        // Older than what it issues, so that a test can have a certificate that has expired.
        return request.CreateSelfSigned(from.AddYears(-1), until);
    }

    private static CertificateRequest ServerRequest(string name, ECDsa key)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        names.AddDnsName("localhost");
        names.AddDnsName("hub.iothealth.local");
        request.CertificateExtensions.Add(names.Build());
        return request;
    }
}
