using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Cloud.Security;

/// <summary>Issues gateways' next certificates (RFC 7030, simple re-enrolment).</summary>
/// <param name="authority">Certificate of the client authority, with its key.</param>
/// <param name="lifetime">How long a new certificate is valid; never longer than the authority's own.</param>
/// <param name="registry">The registered gateways.</param>
/// <param name="certificates">Judge of what gateways show.</param>
/// <param name="time">For validity.</param>
public sealed class CertificateIssuer(
    X509Certificate2 authority, TimeSpan lifetime, GatewayRegistry registry, ClientCertificates certificates, TimeProvider time)
{
    /// <summary>A box that was offline when its certificate expired is let in so long after, to fetch the next one.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(30);

    /// <summary>A box's clock may be a little behind ours.</summary>
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1);

    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";
    private const int SerialBytes = 16;
    private const int EllipticBitsMinimum = 256;
    private const int RsaBitsMinimum = 2048;

    /// <summary>Null when the certificate may be renewed, else the reason.</summary>
    /// <param name="certificate">What the gateway showed.</param>
    /// <param name="gateway">Whose it is.</param>
    public string? Refusal(X509Certificate2? certificate, out string gateway)
    {
        gateway = certificate is null ? "" : ClientCertificates.Name(certificate.SubjectName) ?? "";
        return certificate is null ? "no certificate was shown"
            : registry.Find(gateway) is not GatewayCredential.Issued registered ? "the gateway is not registered by 'ca'"
            : certificates.Refusal(certificate, gateway, registered, Grace);
    }

    /// <summary>Issues a certificate.</summary>
    /// <param name="gateway">The gateway that asks.</param>
    /// <param name="request">DER form of its PKCS#10 request.</param>
    /// <exception cref="CryptographicException">The request is of no use; the message says why.</exception>
    public X509Certificate2 Issue(string gateway, byte[] request)
    {
        // Verifies that the asker has the new key. Extensions of the request are not taken over.
        var asked = CertificateRequest.LoadSigningRequest(request, HashAlgorithmName.SHA256);
        if (ClientCertificates.Name(asked.SubjectName) != gateway)
        {
            throw new CryptographicException("the request is not for the name of the certificate that was shown");
        }

        if (!IsStrong(asked.PublicKey))
        {
            throw new CryptographicException($"the key is neither elliptic of {EllipticBitsMinimum} bits or more nor RSA of {RsaBitsMinimum} bits or more");
        }

        var (from, until) = Validity();
        var serial = RandomNumberGenerator.GetBytes(SerialBytes);
        serial[0] &= 0x7f;
        return Certify(gateway, asked.PublicKey).Create(authority.SubjectName, Signing(), from, until, serial);
    }

    private (DateTimeOffset From, DateTimeOffset Until) Validity()
    {
        var now = time.GetUtcNow();
        var (first, last) = (new DateTimeOffset(authority.NotBefore.ToUniversalTime()), new DateTimeOffset(authority.NotAfter.ToUniversalTime()));
        return now < last
            ? (now - Backdated > first ? now - Backdated : first, now + lifetime < last ? now + lifetime : last)
            : throw new CryptographicException("the client authority itself has expired");
    }

    private CertificateRequest Certify(string gateway, PublicKey key)
    {
        var name = new X500DistinguishedNameBuilder();
        name.AddCommonName(gateway);
        var request = new CertificateRequest(name.Build(), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(ClientAuthentication)], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, true));
        return request;
    }

    private X509SignatureGenerator Signing() => authority.GetECDsaPrivateKey() is { } elliptic
        ? X509SignatureGenerator.CreateForECDsa(elliptic)
        : X509SignatureGenerator.CreateForRSA(authority.GetRSAPrivateKey()!, RSASignaturePadding.Pkcs1);

    private static bool IsStrong(PublicKey key)
    {
        using var elliptic = key.GetECDsaPublicKey();
        using var rsa = elliptic is null ? key.GetRSAPublicKey() : null;
        return elliptic?.KeySize >= EllipticBitsMinimum || rsa?.KeySize >= RsaBitsMinimum;
    }
}
