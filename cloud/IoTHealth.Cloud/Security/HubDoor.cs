using System.Text;
using IoTHealth.Links.Mqtt;

namespace IoTHealth.Cloud.Security;

/// <summary>By what a gateway came in, and until when that holds.</summary>
/// <param name="Key">The key that signed its token.</param>
/// <param name="ExpirySeconds">Seconds since 1970 at which the token expires.</param>
public sealed record Admission(byte[] Key, long ExpirySeconds);

/// <summary>Decides which gateway may come in: its user name, its token, its key; and whether it may stay.</summary>
/// <param name="hosts">The hub's host name, and the gateway host's where there is one.</param>
/// <param name="keys">Key of each gateway.</param>
/// <param name="time">For the expiry of tokens.</param>
public sealed class HubDoor(IReadOnlyList<string> hosts, IReadOnlyDictionary<string, byte[]> keys, TimeProvider time)
{
    /// <summary>Null when the gateway named by the client id may come in, else the reason for the log.</summary>
    public string? Refusal(MqttConnect connect) => Refusal(connect, out _);

    /// <summary>The same, with the admission of a gateway that may.</summary>
    public string? Refusal(MqttConnect connect, out Admission? admission)
    {
        admission = null;
        if (!keys.TryGetValue(connect.ClientId, out var key))
        {
            return "the gateway is not registered";
        }

        if (!NamesUs(connect.UserName, connect.ClientId))
        {
            return "the user name is not {host}/{gateway}/?api-version=… of this hub and this client id";
        }

        return Refusal(Encoding.UTF8.GetString(connect.Password.Span), connect.ClientId, key, out admission);
    }

    /// <summary>Null while a gateway that came in may stay, else the reason for the log.</summary>
    public string? Expulsion(string gateway, Admission? admission) =>
        admission is null ? "the session was not admitted"
        : !keys.TryGetValue(gateway, out var key) || !key.AsSpan().SequenceEqual(admission.Key) ? "the gateway is not registered any more"
        : IsPast(admission.ExpirySeconds) ? "the token has expired since"
        : null;

    private string? Refusal(string password, string gateway, byte[] key, out Admission? admission)
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
        return !token.IsSignedBy(key) ? "the token's signature is wrong"
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
