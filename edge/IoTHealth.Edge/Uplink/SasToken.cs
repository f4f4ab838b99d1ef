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
        var seconds = expiry.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{resource}\n{seconds}"));
        return $"SharedAccessSignature sr={resource}&sig={Uri.EscapeDataString(Convert.ToBase64String(signature))}&se={seconds}";
    }
}
