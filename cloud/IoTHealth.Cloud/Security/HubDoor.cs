using System.Text;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Cloud.Security;

/// <summary>By what a gateway came in, and until when that holds.</summary>
/// <param name="Credential">How it was registered then.</param>
/// <param name="ExpirySeconds">Seconds since 1970 at which its token or certificate expires.</param>
public sealed record Admission(GatewayCredential Credential, long ExpirySeconds);

/// <summary>Decides which gateway may come in: its user name, its token or certificate; and whether it may stay.</summary>
/// <param name="hosts">The hub's host name, and the gateway host's where there is one.</param>
/// <param name="registry">The registered gateways.</param>
/// <param name="certificates">Judge of certificates.</param>
/// <param name="time">For the expiry of tokens.</param>
public sealed class HubDoor(IReadOnlyList<string> hosts, GatewayRegistry registry, ClientCertificates certificates, TimeProvider time)
{
    /// <summary>Null when the gateway named by the client id may come in, else the reason for the log.</summary>
    public string? Refusal(MqttConnect connect) => Refusal(connect, out _);

    /// <summary>The same, with the admission of a gateway that may.</summary>
    public string? Refusal(MqttConnect connect, out Admission? admission)
    {
        admission = null;
        if (registry.Find(connect.ClientId) is not { } credential)
        {
            return "the gateway is not registered";
        }

        if (!NamesUs(connect.UserName, connect.ClientId))
        {
            return "the user name is not {host}/{gateway}/?api-version=… of this hub and this client id";
        }

        if (credential is GatewayCredential.SharedKey key)
        {
            return Refusal(Encoding.UTF8.GetString(connect.Password.Span), connect.ClientId, key, out admission);
        }

        if (connect.Certificate is not { } certificate)
        {
            return "the gateway is registered by a certificate and showed none";
        }

        admission = new Admission(credential, new DateTimeOffset(certificate.NotAfter.ToUniversalTime()).ToUnixTimeSeconds());
        return certificates.Refusal(certificate, connect.ClientId, credential);
    }

    /// <summary>Null when a request over HTTP is the gateway's, by the token of its header or by its certificate.</summary>
    public string? Refusal(string gateway, string authorization, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate) =>
        registry.Find(gateway) switch
        {
            null => "the gateway is not registered",
            GatewayCredential.SharedKey key => Refusal(authorization, gateway, key, out _),
            { } credential => certificate is null ? "no certificate was shown" : certificates.Refusal(certificate, gateway, credential),
        };

    /// <summary>Null while a gateway that came in may stay, else the reason for the log.</summary>
    public string? Expulsion(string gateway, Admission? admission) =>
        admission is null ? "the session was not admitted"
        : !admission.Credential.Equals(registry.Find(gateway)) ? "the gateway is not registered any more"
        : IsPast(admission.ExpirySeconds) ? admission.Credential is GatewayCredential.SharedKey ? "the token has expired since" : "the certificate has expired since"
        : null;

    private string? Refusal(string password, string gateway, GatewayCredential.SharedKey key, out Admission? admission)
    {
        admission = null;
        if (!SasToken.TryParse(password, out var token))
        {
            return "the password is not a shared access signature";
        }

        if (!hosts.Any(host => string.Equals(token.Resource, $"{host}/devices/{gateway}", StringComparison.OrdinalIgnoreCase)))
        {
            return "the token is for another hub or device";
        }

        // The signature comes first: nobody without the key learns whether a token would have been in time.
        admission = new Admission(key, token.ExpirySeconds);
        return !token.IsSignedBy(key.Bytes.Span) ? "the token's signature is wrong"
            : IsPast(token.ExpirySeconds) ? "the token has expired"
            : null;
    }

    private bool IsPast(long seconds) => seconds <= time.GetUtcNow().ToUnixTimeSeconds();

    private bool NamesUs(string? userName, string gateway) =>
        userName?.Split('/', 3) is [var host, var device, var query]
        && device == gateway
        && query.StartsWith("?api-version=", StringComparison.Ordinal)
        && hosts.Contains(host, StringComparer.OrdinalIgnoreCase);
}
