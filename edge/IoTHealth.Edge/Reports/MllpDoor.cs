using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Reports;

/// <summary>How reports are let in: where, and under which certificate. Without one on loopback only.</summary>
/// <param name="EndPoint">Where to listen.</param>
/// <param name="Certificate">Certificate and chain; null for a plain door.</param>
public sealed record MllpDoor(IPEndPoint EndPoint, SslStreamCertificateContext? Certificate)
{
    /// <exception cref="IOException">The settings cannot be used; the message says why. Nothing falls back to a plain connection.</exception>
    public static MllpDoor Of(MllpSettings settings)
    {
        if (!IPAddress.TryParse(settings.Address, out var address))
        {
            throw new IOException($"mllp: '{settings.Address}' is not an address");
        }

        var certificate = (settings.Certificate, settings.Key) switch
        {
            (null, null) when IPAddress.IsLoopback(address) => null,
            (null, null) => throw new IOException($"mllp: {address} is not loopback, so it needs 'certificate' and 'key'"),
            ({ } file, { } key) => Load(file, key),
            _ => throw new IOException("mllp: 'certificate' and 'key' go together"),
        };
        return new MllpDoor(new IPEndPoint(address, settings.Port), certificate);
    }

    private static SslStreamCertificateContext Load(string file, string key)
    {
        SecretFile.CheckMode(key);
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return SslStreamCertificateContext.Create(X509Certificate2.CreateFromPemFile(file, key), chain, offline: true);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            throw new IOException($"mllp: {file} and {key} cannot be used together: {e.Message}");
        }
    }
}
