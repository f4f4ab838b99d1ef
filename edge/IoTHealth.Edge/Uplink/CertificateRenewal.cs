using System.Formats.Asn1;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Renews the client certificate by EST (RFC 7030, simplereenroll) once two thirds of its life are over: with a new key, shown
/// to the server by the certificate there is, also where that has expired while the box was offline.
/// </summary>
internal sealed partial class CertificateRenewal(string gateway, UplinkSettings settings, TimeProvider time, ILogger<CertificateRenewal> logger)
    : BackgroundService
{
    private const int AnswerBytesMaximum = 64 * 1024;
    private const double LifeBeforeRenewal = 2 / 3.0;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan LongestPauseExpired = TimeSpan.FromMinutes(1);

    private readonly CertificateFiles _files = new(settings.Certificate!, settings.Key!);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failures = 0;
        while (!stoppingToken.IsCancellationRequested)
        {
            var pause = LookEvery * (0.5 + Random.Shared.NextDouble());
            try
            {
                if (await RenewWhereDueAsync(stoppingToken) is { } until)
                {
                    LogRenewed(logger, until);
                }

                failures = 0;
            }
            catch (Exception e) when (!stoppingToken.IsCancellationRequested)
            {
                LogNotRenewed(logger, e.GetBaseException().Message);
                pause = Backoff.Of(failures++, FirstPause, IsExpired() ? LongestPauseExpired : LongestPause);
            }

            await Backoff.WaitAsync(pause, time, stoppingToken);
        }
    }

    /// <returns>Until when the new certificate holds; null where the old one is good for longer.</returns>
    internal async Task<DateTime?> RenewWhereDueAsync(CancellationToken cancellation)
    {
        using var old = _files.Load();
        var now = time.GetUtcNow().UtcDateTime;
        var (from, until) = (old.NotBefore.ToUniversalTime(), old.NotAfter.ToUniversalTime());
        if (now < from + (until - from) * LifeBeforeRenewal)
        {
            return null;
        }

        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(old.SubjectName, key, HashAlgorithmName.SHA256).CreateSigningRequest();
        var issued = Issued(await AskAsync(old, request, cancellation), key, now);
        _files.Replace(string.Concat(issued.Select(certificate => certificate.ExportCertificatePem() + "\n")), key.ExportPkcs8PrivateKeyPem() + "\n");
        return issued[0].NotAfter.ToUniversalTime();
    }

    private bool IsExpired()
    {
        try
        {
            using var certificate = _files.Load();
            return certificate.NotAfter.ToUniversalTime() < time.GetUtcNow().UtcDateTime;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private async Task<string> AskAsync(X509Certificate2 old, byte[] request, CancellationToken cancellation)
    {
        using var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, ConnectTimeout = AnswerTimeout };
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            CertificateChainPolicy = TrustedHttp.Policy(settings.Renewal!.Ca ?? settings.Ca!),
            LocalCertificateSelectionCallback = (_, _, _, _, _) => old,
        };
        using var client = new HttpClient(handler) { Timeout = AnswerTimeout, MaxResponseContentBufferSize = AnswerBytesMaximum };
        using var content = new StringContent(Convert.ToBase64String(request), Encoding.ASCII, new MediaTypeHeaderValue("application/pkcs10"));
        content.Headers.Add("Content-Transfer-Encoding", "base64");
        using var answer = await client.PostAsync(new Uri(settings.Renewal.Url, ".well-known/est/simplereenroll"), content, cancellation);
        return answer.StatusCode == System.Net.HttpStatusCode.OK
            ? await answer.Content.ReadAsStringAsync(cancellation)
            : throw new IOException($"{settings.Renewal.Url} answers {(int)answer.StatusCode} to the renewal of our certificate");
    }

    // Ours first, then what else came with it.
    private List<X509Certificate2> Issued(string answer, ECDsa key, DateTime now)
    {
        try
        {
            var ours = key.ExportSubjectPublicKeyInfo();
            var found = CertificateBag.Read(Convert.FromBase64String(answer)).OrderByDescending(certificate => certificate.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(ours)).ToList();
            if (found.Count == 0 || !found[0].PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(ours))
            {
                throw new IOException("the answer holds no certificate of the new key");
            }

            return found[0].GetNameInfo(X509NameType.SimpleName, forIssuer: false) == gateway && found[0].NotAfter.ToUniversalTime() > now
                ? found
                : throw new IOException($"the new certificate is not of {gateway}, or has expired already");
        }
        catch (Exception e) when (e is FormatException or CryptographicException or AsnContentException)
        {
            throw new IOException($"the answer is no PKCS#7 in Base64: {e.Message}", e);
        }
    }

    [LoggerMessage(LogLevel.Information, "Renewed the certificate of the uplink; it holds until {Until:u}")]
    private static partial void LogRenewed(ILogger logger, DateTime until);

    [LoggerMessage(LogLevel.Warning, "The certificate of the uplink could not be renewed and will be tried again: {Reason}")]
    private static partial void LogNotRenewed(ILogger logger, string reason);
}
