using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Checks;

/// <summary>Certificates: readable, within their time and not about to end, chained, and with the key that belongs to them.</summary>
internal sealed class CertificateCheck : ICheck
{
    private const string Part = "certificates";

    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);
    private static readonly Words Renew = new("証明書を更新してください（deploy/GATEWAY.md）。", "Renew it (deploy/GATEWAY.md).");

    public Task<IReadOnlyList<CheckLine>> LookAsync(CheckSubject subject, CancellationToken cancellation)
    {
        var keys = Keys(subject.Configuration).ToDictionary(one => one.Name, one => one.Key, StringComparer.Ordinal);
        return Task.FromResult<IReadOnlyList<CheckLine>>(
            [.. new CertificateDates(subject.Configuration).Read().Select(one => Look(one, keys.GetValueOrDefault(one.Name), subject.Time.GetUtcNow()))]);
    }

    private static IEnumerable<(string Name, string Key)> Keys(EdgeConfiguration configuration)
    {
        yield return ("mqtt", configuration.Mqtt.Key);
        if (configuration.Api.Key is { } api)
        {
            yield return ("api", api);
        }

        if (configuration.Uplink is { Certificate: not null, Key: { } uplink })
        {
            yield return ("uplink", uplink);
        }

        if (configuration.Mllp?.Key is { } mllp)
        {
            yield return ("mllp", mllp);
        }
    }

    private static CheckLine Look(CertificateDate one, string? key, DateTimeOffset now)
    {
        var name = $"{one.Name} ({one.File})";
        if (one.Until is not { } until)
        {
            return CheckLine.Failed(Part, new Words($"{name}: 読めません。", $"{name}: cannot be read"), new Words("PEM の証明書を置いてください。", "Put a PEM certificate there."));
        }

        if (Mistake(one.File, key) is { } mistake)
        {
            return CheckLine.Failed(Part, new Words($"{name}: {mistake.Ja}", $"{name}: {mistake.En}"), Renew);
        }

        var date = until.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return (until - now) switch
        {
            var left when left <= TimeSpan.Zero => CheckLine.Failed(Part, new Words($"{name}: {date} に期限が切れました。", $"{name}: ended on {date}"), Renew),
            var left when left < Soon => CheckLine.Warning(Part, new Words($"{name}: {date} に期限が切れます。", $"{name}: ends on {date}"), Renew),
            _ => CheckLine.Ok(Part, $"{name}: {date} まで有効。", $"{name}: until {date}"),
        };
    }

    private static Words? Mistake(string file, string? key)
    {
        if (key is null)
        {
            return null;
        }

        try
        {
            using var own = X509Certificate2.CreateFromPemFile(file, key);
            return IsChained(file, own) ? null : new Words("続く証明書が発行者ではありません。", "the certificates after the first are not its issuers");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            return new Words($"{key} は合う鍵ではありません: {e.Message}", $"{key} is not its key: {e.Message}");
        }
    }

    // A file of one certificate is no chain: devices that trust its issuer need none.
    private static bool IsChained(string file, X509Certificate2 own)
    {
        var all = new X509Certificate2Collection();
        all.ImportFromPemFile(file);
        if (all.Count < 2)
        {
            return true;
        }

        using var chain = new X509Chain
        {
            ChainPolicy =
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                DisableCertificateDownloads = true,
                VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid | X509VerificationFlags.AllowUnknownCertificateAuthority,
            },
        };
        chain.ChainPolicy.CustomTrustStore.Add(all[^1]);
        chain.ChainPolicy.ExtraStore.AddRange(all);
        return chain.Build(own) && chain.ChainElements.Count == all.Count;
    }
}
