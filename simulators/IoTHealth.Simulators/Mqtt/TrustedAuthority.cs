using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Mqtt;

/// <summary>The authority a client trusts for its server, and no other; the host's name is checked too.</summary>
internal sealed class TrustedAuthority
{
    private readonly X509Certificate2Collection _roots = [];

    private TrustedAuthority()
    {
    }

    public static TrustedAuthority Read(string path)
    {
        var authority = new TrustedAuthority();
        try
        {
            ReadableFile.Read(path, File.ReadAllText);
            authority._roots.ImportFromPemFile(path);
        }
        catch (CryptographicException malformed)
        {
            throw new UsageException($"{path}: {malformed.Message}", malformed);
        }

        return authority._roots.Count > 0 ? authority : throw new UsageException($"{path}: holds no PEM certificate");
    }

    /// <summary>True for a certificate of the right name that leads to this authority by way of the presented chain.</summary>
    public bool Trusts(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        const SslPolicyErrors fatal = SslPolicyErrors.RemoteCertificateNameMismatch | SslPolicyErrors.RemoteCertificateNotAvailable;
        if (certificate is not X509Certificate2 server || (errors & fatal) != 0)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(presented?.ChainPolicy.ExtraStore ?? []);
        return chain.Build(server);
    }
}
