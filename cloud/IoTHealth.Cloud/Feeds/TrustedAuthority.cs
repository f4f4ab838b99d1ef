using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Cloud.Security;

namespace IoTHealth.Cloud.Feeds;

/// <summary>HTTPS that trusts one authority from a file, not the machine's.</summary>
internal static class TrustedAuthority
{
    /// <exception cref="StartException">The file holds no certificate.</exception>
    public static SocketsHttpHandler Handler(string authorityFile) => new()
    {
        SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy(authorityFile) },
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = TimeSpan.FromSeconds(5),
        UseProxy = false,
        AllowAutoRedirect = false,
    };

    private static X509ChainPolicy Policy(string authorityFile)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        try
        {
            policy.CustomTrustStore.ImportFromPemFile(authorityFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartException($"{authorityFile}: {e.Message}");
        }

        return policy.CustomTrustStore.Count > 0 ? policy : throw new StartException($"{authorityFile}: there is no certificate in it");
    }
}
