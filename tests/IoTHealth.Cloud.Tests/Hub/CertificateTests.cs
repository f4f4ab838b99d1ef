using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Hub;

/// <summary>Gateways that come in by a certificate, over the real hub.</summary>
public sealed class CertificateTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly CloudFolder _folder = new();
    private readonly TestFolder _elsewhere = new();
    private readonly X509Certificate2 _known = SelfSigned("gw-05");
    private RunningCloud _cloud = null!;

    public async ValueTask InitializeAsync()
    {
        _folder.WriteConfiguration(null, $"{{ id: gw-01, keyFile: gw-01.key }}, {{ id: gw-04, ca: true }}, {{ id: gw-05, thumbprint: {_known.GetCertHashString(HashAlgorithmName.SHA256)} }}");
        _cloud = await RunningCloud.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _known.Dispose();
        _elsewhere.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task One_that_the_authority_issued_for_its_name_comes_in_and_delivers()
    {
        using var certificate = _folder.Certificates.Client("gw-04");
        await using var gateway = await _cloud.ConnectAsync("gw-04", certificate);
        await gateway.PublishAsync(Readings.HeartRates(1, 2) with { Journal = new("gw-04", Guid.NewGuid()) }, "gw-04");

        Assert.Equal((2, 0, 0), await _cloud.JournalAsync());
    }

    [Fact]
    public async Task One_that_is_registered_itself_comes_in()
    {
        await using var gateway = await _cloud.ConnectAsync("gw-05", _known);

        Assert.True(gateway.IsConnected);
    }

    [Theory]
    [InlineData("gw-04", "gw-05", -1, 1, false)]
    [InlineData("gw-04", "gw-04", -2, -1, false)]
    [InlineData("gw-04", "gw-04", 1, 2, false)]
    [InlineData("gw-04", "gw-04", -1, 1, true)]
    [InlineData("gw-05", "gw-05", -1, 1, false)]
    [InlineData("gw-01", "gw-01", -1, 1, false)]
    [InlineData("gw-09", "gw-09", -1, 1, false)]
    public async Task Another_name_time_authority_or_registration_stays_out(string id, string name, int fromDays, int untilDays, bool isForeign)
    {
        using var foreign = new TestCertificates(_elsewhere.Path, TimeProvider.System);
        using var certificate = (isForeign ? foreign : _folder.Certificates).Client(name, Now.AddDays(fromDays), Now.AddDays(untilDays));

        await Assert.ThrowsAnyAsync<Exception>(() => _cloud.ConnectAsync(id, certificate));
    }

    [Fact]
    public async Task A_gateway_of_a_certificate_stays_out_without_one() =>
        await Assert.ThrowsAnyAsync<Exception>(
            () => Gateway.ConnectAsync("gw-04", _folder.Key, _cloud.Host.Hub, _folder.Certificates.AuthorityFile));

    private static X509Certificate2 SelfSigned(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSelfSigned(Now.AddDays(-1), Now.AddDays(1));
    }
}
