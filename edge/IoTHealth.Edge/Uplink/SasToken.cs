using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Shared access signatures of Azure IoT Hub: <c>SharedAccessSignature sr=…&amp;sig=…&amp;se=…</c>, HMAC-SHA256 over the
/// url-encoded resource, a line feed and the expiry in seconds since 1970-01-01 UTC.
/// </summary>
public static class SasToken
{
    /// <param name="hubHost">Name of the hub.</param>
    /// <param name="gateway">Device id.</param>
    /// <param name="key">Symmetric key.</param>
    /// <param name="expiry">When it ends to be valid.</param>
    public static string Create(string hubHost, string gateway, ReadOnlySpan<byte> key, DateTimeOffset expiry)
    {
        var resource = Uri.EscapeDataString($"{hubHost}/devices/{gateway}");
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(Signed(resource, expiry)));
        return Token(resource, Convert.ToBase64String(signature), expiry);
    }

    /// <param name="resource">The url-encoded resource.</param>
    /// <param name="sign">Answers the Base64 signature of a text.</param>
    /// <param name="expiry">When it ends to be valid.</param>
    public static async Task<string> CreateAsync(string resource, Func<string, Task<string>> sign, DateTimeOffset expiry) =>
        Token(resource, await sign(Signed(resource, expiry)), expiry);

    private static string Signed(string resource, DateTimeOffset expiry) => $"{resource}\n{Seconds(expiry)}";

    private static string Token(string resource, string signature, DateTimeOffset expiry) =>
        $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(signature)}&se={Seconds(expiry)}";

    private static string Seconds(DateTimeOffset expiry) => expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
