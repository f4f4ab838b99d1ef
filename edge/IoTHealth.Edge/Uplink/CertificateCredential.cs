using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// A client certificate, read anew for each connection. Replaced files are noticed within a minute and taken up by a new session
/// within some more; files that do not go together leave the former certificate in use.
/// </summary>
internal sealed class CertificateCredential : IHubCredential
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Spread = TimeSpan.FromMinutes(2);

    private readonly string _ca;
    private readonly TimeProvider _time;
    private readonly CertificateFiles _files;

    private X509Certificate2 _last;
    private (DateTime, DateTime) _stamp;

    /// <exception cref="IOException">Certificate and key cannot be used. One that has expired can: it may be renewed.</exception>
    public CertificateCredential(string gateway, UplinkSettings settings, TimeProvider time)
    {
        _time = time;
        _ca = settings.Ca ?? throw new IOException("uplink: the hub's authority (ca) is missing");
        _files = new CertificateFiles(settings.Certificate!, settings.Key!);
        Identity = HubIdentity.Device(settings.HubHost, gateway);
        (_stamp, _last) = (_files.Stamp, _files.Load());
    }

    public HubIdentity Identity { get; }

    public Task<HubPass> PassAsync(CancellationToken cancellation)
    {
        var stamp = _files.Stamp;
        try
        {
            _last = _files.Load();
        }
        catch (IOException) when (_last.NotAfter > _time.GetLocalNow().DateTime)
        {
            // Somebody is replacing them just now, or made a mistake: what let us in before still does.
        }

        _stamp = stamp;
        return Task.FromResult(new HubPass(null, _last, TrustedHttp.Policy(_ca).CustomTrustStore));
    }

    public async Task RenewalAsync(HubPass pass, CancellationToken cancellation)
    {
        while (_files.Stamp == _stamp)
        {
            await Task.Delay(LookEvery, _time, cancellation);
        }

        await Task.Delay(Spread * Random.Shared.NextDouble(), _time, cancellation);
    }
}
