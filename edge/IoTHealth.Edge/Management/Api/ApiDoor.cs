using System.Net;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace IoTHealth.Edge.Management.Api;

/// <summary>Where the local API listens, and under which certificate. Without one on loopback only.</summary>
public sealed record ApiDoor(IPEndPoint EndPoint, X509Certificate2? Certificate, X509Certificate2Collection Chain)
{
    private const int BodyBytesMaximum = 64 * 1024;
    private const int ConnectionsMaximum = 200;

    /// <exception cref="IOException">The settings cannot be used; the message says why. Nothing falls back to a plain connection.</exception>
    public static ApiDoor Of(ApiSettings settings)
    {
        if (!IPAddress.TryParse(settings.Address, out var address))
        {
            throw new IOException($"api: '{settings.Address}' is not an address");
        }

        if (settings.Users.GroupBy(user => user.Name, StringComparer.Ordinal).FirstOrDefault(same => same.Count() > 1) is { } twice)
        {
            throw new IOException($"api: the user '{twice.Key}' is given twice");
        }

        var endPoint = new IPEndPoint(address, settings.Port);
        return (settings.Certificate, settings.Key) switch
        {
            (null, null) when settings.Users.Count > 0 => throw new IOException("api: 'users' sign in over TLS only, which needs 'certificate' and 'key'"),
            (null, null) when IPAddress.IsLoopback(address) => new ApiDoor(endPoint, null, []),
            (null, null) => throw new IOException($"api: {address} is not loopback, so it needs 'certificate' and 'key'"),
            ({ } file, { } key) => Load(endPoint, file, key),
            _ => throw new IOException("api: 'certificate' and 'key' go together"),
        };
    }

    public void Open(KestrelServerOptions kestrel)
    {
        // Some bodies are read before the caller is known: a stranger must not fill the memory of the box that calls.
        kestrel.Limits.MaxRequestBodySize = BodyBytesMaximum;
        kestrel.Limits.MaxConcurrentConnections = ConnectionsMaximum;
        kestrel.Listen(EndPoint, listen =>
        {
            if (Certificate is null)
            {
                return;
            }

            listen.UseHttps(https =>
            {
                https.ServerCertificate = Certificate;
                https.ServerCertificateChain = Chain;
                https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
            });
        });
    }

    private static ApiDoor Load(IPEndPoint endPoint, string file, string key)
    {
        SecretFile.CheckMode(key);
        try
        {
            var chain = new X509Certificate2Collection();
            chain.ImportFromPemFile(file);
            return new ApiDoor(endPoint, X509Certificate2.CreateFromPemFile(file, key), chain);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException)
        {
            throw new IOException($"api: {file} and {key} cannot be used together: {e.Message}");
        }
    }
}
