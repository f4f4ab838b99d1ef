using System.Security.Cryptography.X509Certificates;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Uplink;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

/// <summary>X.509: the gateway shows a client certificate, whose files may be replaced at any time.</summary>
public sealed class CertificateCredentialTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly HubDouble _hub;
    private SqliteJournal _journal = null!;

    public CertificateCredentialTests() => _hub = new HubDouble(_folder) { AcceptsCertificate = certificate => certificate.NotAfter > TimeProvider.System.GetLocalNow().DateTime };

    private UplinkSettings Settings => _hub.Settings with { KeyFile = null, Certificate = _folder.File("gw.pem"), Key = _folder.File("gw.key") };

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.Path }, "gw-01", TimeProvider.System, Acknowledged.Create);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(1)));
        await _hub.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Replaced_files_are_taken_up_within_minutes_and_files_that_do_not_go_together_are_not()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var first = Issue();
        using var transport = new HubTransport("gw-01", Settings, time);
        using var uplink = new CloudUplink(_journal, transport, time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await SentAsync(uplink);

        using (var other = _hub.Certificates.Client("gw-01"))
        {
            await File.WriteAllTextAsync(_folder.File("gw.pem"), other.ExportCertificatePem());
        }

        await RunsUntilAsync("connected again", () => _hub.Connections >= 2, time);
        Assert.Equal([first], _hub.Shown.Distinct());
        var second = Issue();
        await RunsUntilAsync("the new one is shown", () => _hub.Shown.Contains(second), time);
        Assert.Equal([first, second], _hub.Shown.Distinct());
        await SentAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L], _hub.Positions);
    }

    [Fact]
    public async Task A_certificate_that_has_expired_is_said_and_a_renewed_one_lets_in_without_a_restart()
    {
        await using var clock = new RunningClock();
        Issue(TimeProvider.System.GetUtcNow().AddDays(-20), TimeProvider.System.GetUtcNow().AddDays(-3));
        using var transport = new HubTransport("gw-01", Settings, TimeProvider.System);
        using var uplink = new CloudUplink(_journal, transport, clock.Time, NullLogger<CloudUplink>.Instance);
        await uplink.StartAsync(CancellationToken.None);
        await Eventually.SeesAsync("refused", _ => Task.FromResult(uplink.State), seen => seen.Contains("our certificate expired on", StringComparison.Ordinal), Patience);
        await _journal.WriteAsync(Sample.Write(Sample.HeartRate(2)));
        Issue();
        await SentAsync(uplink);
        await uplink.StopAsync(CancellationToken.None);
        Assert.Equal([1L, 2], _hub.Positions);
    }

    [Fact]
    public void A_replacement_that_was_cut_off_between_key_and_certificate_is_completed()
    {
        Issue();
        using var next = _hub.Certificates.Client("gw-01");
        File.WriteAllText(_folder.File("gw.pem.new"), next.ExportCertificatePem());
        Testing.SecretFile.Write(_folder.File("gw.key"), next.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        using var loaded = new CertificateFiles(_folder.File("gw.pem"), _folder.File("gw.key")).Load();
        Assert.Equal(next.SerialNumber, loaded.SerialNumber);
        Assert.False(File.Exists(_folder.File("gw.pem.new")));
    }

    [Fact]
    public void Without_any_usable_certificate_the_start_fails_naming_the_files()
    {
        Issue();
        File.WriteAllText(_folder.File("gw.pem"), "nothing");
        Assert.Contains("gw.pem", Assert.Throws<IOException>(() => new HubTransport("gw-01", Settings, TimeProvider.System)).Message, StringComparison.Ordinal);
    }

    private static Task SentAsync(CloudUplink uplink) => Eventually.SeesAsync(
        "sent", _ => Task.FromResult((uplink.State, uplink.Behind)), seen => seen.Behind == 0, Patience);

    private static Task RunsUntilAsync(string what, Func<bool> holds, FakeTimeProvider time) => Eventually.HoldsAsync(
        what,
        () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return holds();
        },
        Patience);

    private string Issue(DateTimeOffset? from = null, DateTimeOffset? until = null)
    {
        using var certificate = _hub.Certificates.Client("gw-01", from, until);
        File.WriteAllText(_folder.File("gw.pem"), certificate.ExportCertificatePem());
        Testing.SecretFile.Write(_folder.File("gw.key"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return certificate.SerialNumber;
    }
}
