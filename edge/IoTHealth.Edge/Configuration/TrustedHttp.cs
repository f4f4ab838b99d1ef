using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Edge.Configuration;

/// <summary>HTTP clients that trust one named authority, or the system's where none is named.</summary>
public static class TrustedHttp
{
    /// <param name="caFile">The authority; null for the system's.</param>
    /// <param name="timeout">Bounds connecting and answering.</param>
    /// <param name="certificate">Shown to a server that asks for one.</param>
    /// <exception cref="IOException">The authority's file cannot be read.</exception>
    public static HttpClient Client(string? caFile, TimeSpan timeout, X509Certificate2? certificate = null)
    {
        // A redirect to a login page must not look delivered, and no proxy of the environment may come between.
        var handler = new SocketsHttpHandler
        {
            PooledConnectionLifetime = TimeSpan.FromMinutes(10), ConnectTimeout = timeout, AllowAutoRedirect = false, UseProxy = false,
        };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, CertificateChainPolicy = caFile is null ? null : Policy(caFile),
        };

        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        return new HttpClient(handler) { Timeout = timeout };
    }

    /// <summary>Trusts what the file's authorities signed and nothing else.</summary>
    /// <exception cref="IOException">The file cannot be read, or holds no certificate.</exception>
    public static X509ChainPolicy Policy(string caFile)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(caFile);
        return policy.CustomTrustStore.Count > 0 ? policy : throw new IOException($"{caFile}: there is no certificate in it");
    }
}
