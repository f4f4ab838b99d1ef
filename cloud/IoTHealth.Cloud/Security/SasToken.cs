using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Cloud.Security;

/// <summary>A shared access signature of the IoT Hub device protocol.</summary>
public sealed record SasToken(string SignedResource, string Signature, string Expiry)
{
    private const string Scheme = "SharedAccessSignature ";

    /// <summary>The resource in clear, for example <c>hub.example/devices/gw-01</c>.</summary>
    public string Resource => Uri.UnescapeDataString(SignedResource);

    /// <summary>Reads the token's fields, without judging them.</summary>
    public static bool TryParse(string text, out SasToken token)
    {
        token = new SasToken("", "", "");
        if (!text.StartsWith(Scheme, StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var field in text[Scheme.Length..].Split('&'))
        {
            token = field.Split('=', 2) switch
            {
                ["sr", var value] => token with { SignedResource = value },
                ["sig", var value] => token with { Signature = Uri.UnescapeDataString(value) },
                ["se", var value] => token with { Expiry = value },
                _ => token,
            };
        }

        return token is { SignedResource.Length: > 0, Signature.Length: > 0, Expiry.Length: > 0 };
    }

    /// <summary>Whether the key made the signature. Takes the same time for every wrong signature.</summary>
    public bool IsSignedBy(ReadOnlySpan<byte> key)
    {
        var expected = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{SignedResource}\n{Expiry}"));
        var given = new byte[expected.Length + 1];
        return Convert.TryFromBase64String(Signature, given, out var length)
            & CryptographicOperations.FixedTimeEquals(given.AsSpan(0, Math.Min(length, given.Length)), expected);
    }

    /// <summary>Seconds since 1970 at which it expires; an expiry that is no number of seconds has passed.</summary>
    public long ExpirySeconds =>
        long.TryParse(Expiry, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0;
}
