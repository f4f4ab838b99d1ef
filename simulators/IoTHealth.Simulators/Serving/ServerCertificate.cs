using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Serving;

/// <summary>A server's certificate with its key, and the certificates between it and its authority.</summary>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Chain)
{
    public static ServerCertificate Read(string certificatePath, string keyPath)
    {
        ReadableFile.Read(certificatePath, File.ReadAllText);
        ReadableFile.Read(keyPath, File.ReadAllText);
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(certificatePath);
            return new ServerCertificate(X509Certificate2.CreateFromPemFile(certificatePath, keyPath), chain);
        }
        catch (Exception malformed) when (malformed is CryptographicException or ArgumentException)
        {
            throw new UsageException($"{certificatePath} with {keyPath}: {malformed.Message}", malformed);
        }
    }
}
