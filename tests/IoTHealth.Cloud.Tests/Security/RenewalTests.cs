using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using IoTHealth.Testing;

namespace IoTHealth.Cloud.Tests.Security;

/// <summary>Certificates renewed over real TLS, as RFC 7030 describes.</summary>
public sealed class RenewalTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly CloudFolder _folder = new();
    private readonly TestFolder _elsewhere = new();
    private RunningCloud _cloud = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _folder.Certificates.AuthorityKeyFile();
        _folder.WriteConfiguration(
            null, "{ id: gw-01, keyFile: gw-01.key }, { id: gw-04, ca: true }", CloudFolder.GatewayApi, "clientCaKey: ca.key, certificateDays: 30, ");
        _cloud = await RunningCloud.StartAsync(_folder);
    }

    public async ValueTask DisposeAsync()
    {
        await _cloud.DisposeAsync();
        _elsewhere.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(10)]
    [InlineData(-1)]
    [InlineData(-29)]
    public async Task A_gateway_gets_its_next_certificate_also_some_time_after_the_last_one_expired(int validDays)
    {
        using var old = _folder.Certificates.Client("gw-04", Now.AddDays(-60), Now.AddDays(validDays));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (status, body) = await RenewAsync(old, Request("gw-04", key));
        Assert.Equal(HttpStatusCode.OK, status);

        using var renewed = ReadPkcs7(body).CopyWithPrivateKey(key);
        Assert.InRange(renewed.NotAfter.ToUniversalTime() - Now.UtcDateTime, TimeSpan.FromDays(29), TimeSpan.FromDays(31));
        await using var gateway = await _cloud.ConnectAsync("gw-04", renewed);
        Assert.True(gateway.IsConnected);
    }

    [Fact]
    public async Task Nobody_else_gets_one()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = Request("gw-04", key);
        using var foreign = new TestCertificates(_elsewhere.Path, TimeProvider.System);
        var strangers = new Dictionary<string, X509Certificate2?>
        {
            ["none"] = null,
            ["too old"] = _folder.Certificates.Client("gw-04", Now.AddDays(-60), Now.AddDays(-31)),
            ["of another authority"] = foreign.Client("gw-04"),
            ["not registered"] = _folder.Certificates.Client("gw-09"),
            ["registered by its key"] = _folder.Certificates.Client("gw-01"),
        };
        foreach (var (who, certificate) in strangers)
        {
            Assert.Equal((who, HttpStatusCode.Forbidden), (who, (await RenewAsync(certificate, request)).Status));
            certificate?.Dispose();
        }
    }

    [Fact]
    public async Task A_request_of_no_use_is_refused_with_the_reason()
    {
        using var old = _folder.Certificates.Client("gw-04");
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var weak = RSA.Create(1024);
        var spoiled = Request("gw-04", key);
        spoiled[^5] ^= 1;
        var weakRequest = new CertificateRequest("CN=gw-04", weak, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSigningRequest();
        foreach (var request in new[] { [], [1, 2, 3], Request("gw-05", key), spoiled, weakRequest })
        {
            var (status, body) = await RenewAsync(old, request);
            Assert.Equal(HttpStatusCode.BadRequest, status);
            Assert.Contains("reason", body, StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.BadRequest, (await RenewAsync(old, "%%%")).Status);
    }

    private static byte[] Request(string name, ECDsa key) => new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256).CreateSigningRequest();

    private static X509Certificate2 ReadPkcs7(string body)
    {
        // As a client reads it: openssl, which is not what made it.
        var pem = $"-----BEGIN PKCS7-----\n{Convert.ToBase64String(Convert.FromBase64String(body), Base64FormattingOptions.InsertLineBreaks)}\n-----END PKCS7-----\n";
        var start = new System.Diagnostics.ProcessStartInfo("openssl", ["pkcs7", "-print_certs"]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        using var openssl = System.Diagnostics.Process.Start(start)!;
        openssl.StandardInput.Write(pem);
        openssl.StandardInput.Close();
        return X509Certificate2.CreateFromPem(openssl.StandardOutput.ReadToEnd());
    }

    private Task<(HttpStatusCode Status, string Body)> RenewAsync(X509Certificate2? certificate, byte[] request) =>
        RenewAsync(certificate, Convert.ToBase64String(request));

    private async Task<(HttpStatusCode Status, string Body)> RenewAsync(X509Certificate2? certificate, string request)
    {
        using var client = _folder.Client(certificate);
        using var content = new StringContent(request, System.Text.Encoding.ASCII, "application/pkcs10");
        using var answer = await client.PostAsync(new Uri($"https://{_cloud.Host.GatewayApi}/.well-known/est/simplereenroll"), content, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }
}
