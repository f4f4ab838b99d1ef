using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management;

/// <summary>A certificate this gateway shows or trusts.</summary>
/// <param name="Name">Which part it belongs to, such as <c>mqtt</c>.</param>
/// <param name="File">Its file.</param>
/// <param name="Until">When it ends; null where it cannot be read.</param>
public sealed record CertificateDate(string Name, string File, DateTimeOffset? Until);

/// <summary>When the certificates of the configuration end. The files are read anew each time: they are replaced while the gateway runs.</summary>
public sealed class CertificateDates(EdgeConfiguration configuration)
{
    public IReadOnlyList<CertificateDate> Read() => [.. Files().Select(one => new CertificateDate(one.Name, one.File, Until(one.File)))];

    private IEnumerable<(string Name, string File)> Files()
    {
        yield return ("mqtt", configuration.Mqtt.Certificate);
        if (configuration.Api.Certificate is { } api)
        {
            yield return ("api", api);
        }

        if (configuration.Mllp?.Certificate is { } mllp)
        {
            yield return ("mllp", mllp);
        }

        if (configuration.Uplink?.Ca is { } uplinkCa)
        {
            yield return ("uplink-ca", uplinkCa);
        }

        if (configuration.Uplink?.Certificate is { } uplink)
        {
            yield return ("uplink", uplink);
        }

        if (configuration.Influx?.Ca is { } influx)
        {
            yield return ("influx-ca", influx);
        }

        foreach (var (hook, number) in (configuration.Alarms?.Webhooks ?? []).Where(hook => hook.Ca is not null).Select((hook, number) => (hook, number + 1)))
        {
            yield return (string.Create(System.Globalization.CultureInfo.InvariantCulture, $"webhook-{number}-ca"), hook.Ca!);
        }
    }

    // The earliest of a file's: a chain is as good as its shortest-lived link.
    private static DateTimeOffset? Until(string file)
    {
        try
        {
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPemFile(file);
            return certificates.Count == 0 ? null : certificates.Min(certificate => new DateTimeOffset(certificate.NotAfter));
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
