using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Uplink;

/// <summary>A symmetric key in a file, read anew for each connection.</summary>
internal sealed class KeyCredential : IHubCredential
{
    private readonly string _gateway;
    private readonly UplinkSettings _settings;
    private readonly string _ca;
    private readonly TimeProvider _time;

    /// <exception cref="IOException">The key cannot be used.</exception>
    public KeyCredential(string gateway, UplinkSettings settings, TimeProvider time)
    {
        (_gateway, _settings, _time) = (gateway, settings, time);
        _ca = settings.Ca ?? throw new IOException("uplink: the hub's authority (ca) is missing");
        Identity = HubIdentity.Device(settings.HubHost, gateway);
        ReadKey(settings.KeyFile!);
    }

    public HubIdentity Identity { get; }

    public Task<HubPass> PassAsync(CancellationToken cancellation)
    {
        var token = SasToken.Create(_settings.HubHost, _gateway, ReadKey(_settings.KeyFile!), _time.GetUtcNow() + TokenLife.Whole);
        return Task.FromResult(new HubPass(token, null, TrustedHttp.Policy(_ca).CustomTrustStore));
    }

    public Task RenewalAsync(HubPass pass, CancellationToken cancellation) => TokenLife.RenewalAsync(_time, cancellation);

    private static byte[] ReadKey(string path)
    {
        try
        {
            return Convert.FromBase64String(SecretFile.ReadText(path));
        }
        catch (FormatException)
        {
            throw new IOException($"{path}: the key is not Base64");
        }
    }
}
