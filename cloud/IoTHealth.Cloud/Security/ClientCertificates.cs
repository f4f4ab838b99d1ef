using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Cloud.Security;

/// <summary>Judges the certificates that gateways show.</summary>
/// <param name="authorities">The hub's client authorities; empty where it has none.</param>
/// <param name="time">For validity.</param>
public sealed class ClientCertificates(X509Certificate2Collection authorities, TimeProvider time)
{
    private const string CommonName = "2.5.4.3";
    private const string ClientAuthentication = "1.3.6.1.5.5.7.3.2";

    /// <summary>Null when the certificate is the gateway's, else the reason.</summary>
    /// <param name="certificate">What the gateway showed; it has proved to have the key.</param>
    /// <param name="gateway">The id it goes by.</param>
    /// <param name="credential">How it is registered.</param>
    /// <param name="grace">For how long after its expiry the certificate still counts.</param>
    public string? Refusal(X509Certificate2 certificate, string gateway, GatewayCredential credential, TimeSpan grace = default)
    {
        var (from, until) = (certificate.NotBefore.ToUniversalTime(), certificate.NotAfter.ToUniversalTime());
        var now = time.GetUtcNow().UtcDateTime;
        return Name(certificate.SubjectName) != gateway ? "the certificate is not of this gateway's name"
            : now < from ? "the certificate is not valid yet"
            : now >= until + grace ? "the certificate has expired"
            : credential switch
            {
                GatewayCredential.Thumbprint known => IsKnown(certificate, known) ? null : "the certificate is not the registered one",
                GatewayCredential.Issued => IsIssued(certificate, now < until ? now : until.AddSeconds(-1)) ? null : "the certificate is not of the hub's client authority",
                _ => "the gateway is registered by its key, not by a certificate",
            };
    }

    private static bool IsKnown(X509Certificate2 certificate, GatewayCredential.Thumbprint known) =>
        string.Equals(certificate.GetCertHashString(HashAlgorithmName.SHA256), known.Sha256, StringComparison.OrdinalIgnoreCase);

    private bool IsIssued(X509Certificate2 certificate, DateTime at)
    {
        if (authorities.Count == 0)
        {
            return false;
        }

        using var chain = new X509Chain { ChainPolicy = Policy(at) };
        return chain.Build(certificate);
    }

    private X509ChainPolicy Policy(DateTime at)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
            VerificationTimeIgnored = false,
            VerificationTime = at,
        };
        policy.CustomTrustStore.AddRange(authorities);
        policy.ApplicationPolicy.Add(new Oid(ClientAuthentication));
        return policy;
    }

    /// <summary>Null where the subject has no common name, or several.</summary>
    internal static string? Name(X500DistinguishedName subject)
    {
        try
        {
            var names = subject.EnumerateRelativeDistinguishedNames()
                .Where(part => !part.HasMultipleElements && part.GetSingleElementType().Value == CommonName)
                .Select(part => part.GetSingleElementValue()).ToList();
            return names.Count == 1 ? names[0] : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
