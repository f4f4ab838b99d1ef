using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Devices;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Edge.Registry;
using IoTHealth.Edge.Reports;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Reports;

public sealed class MllpListenerTests : IAsyncLifetime
{
    private static readonly MllpSettings Plain = new("127.0.0.1", 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(Sample.Noon);
    private SqliteJournal _journal = null!;
    private FaultyJournal _faulty = null!;
    private MllpListener _listener = null!;

    public async ValueTask InitializeAsync()
    {
        _journal = SqliteJournal.Open(new JournalOptions { Folder = _folder.File("data") }, "gw-01", TimeProvider.System, ClockLog.Create);
        _faulty = new FaultyJournal(_journal);
        _listener = await StartAsync(Plain);
    }

    public async ValueTask DisposeAsync()
    {
        await _listener.StopAsync(CancellationToken.None);
        _listener.Dispose();
        await _journal.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_report_is_in_the_journal_when_it_is_acknowledged_and_once_however_often_it_is_sent()
    {
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        for (var time = 0; time < 2; time++)
        {
            await transmitter.SendAsync(Transmitter.Report());
            Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
            Assert.Equal(["implant-battery", "implant-lead-rv"], Measurements().Select(measurement => measurement.Kind));
            Assert.Equal(3, _journal.Head);
        }

        Assert.Empty(_journal.Quarantine(10));
        var battery = Measurements()[0];
        Assert.Equal(new MeasuredValue.Quantity(2.79m, "V"), battery.Components[0].Value);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 22, 30, 0, TimeSpan.Zero), battery.Time.Instant);
        Assert.Equal((DeviceId.FromSerial("IoTHealth", "Pace-DR", "P-0001"), "pacemaker/1"), (battery.Device, battery.Driver));
    }

    // Message, verdict and source of the quarantine; empty for none.
    [Theory]
    [InlineData("C-1|P-0002|2.79", "MSA|AE|C-1|no device of this model and serial number is registered", "mllp")]
    [InlineData("C-1|p-0001|abc", "MSA|AA|C-1|1 OBX could not be read", "pacemaker-01")]
    [InlineData("C-1|P-0001|999", "MSA|AA|C-1|1 OBX could not be read and are in quarantine", "pacemaker-01")]
    public async Task What_is_refused_is_in_quarantine(string parts, string answer, string source)
    {
        var (control, serial, voltage) = parts.Split('|') is [var c, var s, var v] ? (c, s, v) : default;
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report(control, serial, voltage));
        Assert.StartsWith(answer, await transmitter.AnswerAsync(), StringComparison.Ordinal);
        Assert.Equal(source, Assert.Single(_journal.Quarantine(10)).Bytes.Source);
        Assert.Equal(source == "mllp" ? 0 : 1, Measurements().Count);
    }

    [Fact]
    public async Task What_is_refused_of_a_device_that_is_known_counts_as_that_device_s()
    {
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report().Replace("|C-1|P|2.6", "|C-1|T|2.6", StringComparison.Ordinal));
        Assert.StartsWith("MSA|AE|C-1|MSH-11", await transmitter.AnswerAsync(), StringComparison.Ordinal);
        await transmitter.SendAsync(Transmitter.Report(serial: "P-0009"));
        Assert.StartsWith("MSA|AE", await transmitter.AnswerAsync(), StringComparison.Ordinal);
        Assert.Equal(
            [("pacemaker-01", new Origin(DeviceId.FromSerial("IoTHealth", "Pace-DR", "P-0001").Value, new DateOnly(2026, 11, 24))), ("mllp", (Origin?)null)],
            _journal.Quarantine(10).OrderBy(row => row.Number).Select(row => (row.Bytes.Source, row.Bytes.Origin)));
    }

    [Fact]
    public async Task A_report_without_a_model_is_never_given_to_one_of_two()
    {
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report().Replace("model:Pace-DR/", "model:/", StringComparison.Ordinal));
        Assert.StartsWith("MSA|AE|C-1|several registered devices", await transmitter.AnswerAsync(), StringComparison.Ordinal);
        Assert.Empty(Measurements());
        Assert.Equal("mllp", Assert.Single(_journal.Quarantine(10)).Bytes.Source);
    }

    [Fact]
    public async Task What_is_no_report_is_answered_kept_and_does_not_end_the_talk()
    {
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.WriteAsync("noise");
        await transmitter.SendAsync("not HL7 at all");
        Assert.StartsWith("MSA|AR||", await transmitter.AnswerAsync(), StringComparison.Ordinal);
        Assert.Equal("not HL7 at all", Encoding.UTF8.GetString(Assert.Single(_journal.Quarantine(10)).Bytes.Raw.Span));
        await transmitter.SendAsync(Transmitter.Report());
        Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
    }

    [Fact]
    public async Task What_could_not_be_kept_is_not_answered()
    {
        _faulty.FailsWrites = true;
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report());
        Assert.Null(await transmitter.AnswerAsync());
        _faulty.FailsWrites = false;
        using var again = await Transmitter.ConnectAsync(_listener.EndPoint);
        await again.SendAsync(Transmitter.Report());
        Assert.Equal("MSA|AA|C-1", await again.AnswerAsync());
    }

    [Fact]
    public async Task An_endless_message_is_refused_and_disturbs_nobody()
    {
        using var hostile = await Transmitter.ConnectAsync(_listener.EndPoint);
        var endless = Task.Run(() => hostile.WriteAsync("\u000BMSH|^~\\&|" + new string('x', 8 * 1024 * 1024)).AsTask(), TestContext.Current.CancellationToken);
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report());
        Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
        await endless;
        Assert.StartsWith("MSA|AR||the message is longer", await hostile.AnswerAsync(), StringComparison.Ordinal);
        Assert.Null(await hostile.AnswerAsync());
    }

    [Fact]
    public async Task Silent_connections_give_way_and_end()
    {
        var silent = new List<Transmitter>();
        for (var i = 0; i < MllpListener.ConnectionsMaximum; i++)
        {
            silent.Add(await Transmitter.ConnectAsync(_listener.EndPoint));
            await silent[i].WriteAsync("\u000BMSH|");
        }

        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report());
        Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
        _time.Advance(MllpConnection.QuietMaximum);
        Assert.All(await Task.WhenAll(silent.Select(one => one.AnswerAsync())), Assert.Null);
        silent.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_burst_of_connections_stays_within_the_bound()
    {
        const int Burst = 4 * MllpListener.ConnectionsMaximum;
        var burst = await Task.WhenAll(Enumerable.Range(0, Burst).Select(_ => Transmitter.ConnectAsync(_listener.EndPoint)));
        var ended = burst.Select(one => one.AnswerAsync()).ToList();
        await Eventually.HoldsAsync("the bound holds", () => ended.Count(one => one.IsCompleted) >= Burst - MllpListener.ConnectionsMaximum, Patience);
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report());
        Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
        Assert.InRange(ended.Count(one => !one.IsCompleted), 1, MllpListener.ConnectionsMaximum);
        Array.ForEach(burst, one => one.Dispose());
    }

    [Fact]
    public async Task It_stops_within_a_second_with_connections_open()
    {
        using var transmitter = await Transmitter.ConnectAsync(_listener.EndPoint);
        await transmitter.SendAsync(Transmitter.Report());
        await transmitter.AnswerAsync();
        await _listener.StopAsync(CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);
        Assert.Null(await transmitter.AnswerAsync());
    }

    [Fact]
    public async Task With_a_certificate_it_speaks_tls()
    {
        using var certificates = new TestCertificates(_folder.Path, TimeProvider.System);
        certificates.Issue("edge");
        var listener = await StartAsync(Plain with { Certificate = _folder.File("edge.pem"), Key = _folder.File("edge.key") });
        using var authority = X509CertificateLoader.LoadCertificateFromFile(certificates.AuthorityFile);
        using var client = new TcpClient();
        await client.ConnectAsync(listener.EndPoint, TestContext.Current.CancellationToken);
        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "127.0.0.1",
                CertificateChainPolicy = new X509ChainPolicy
                {
                    TrustMode = X509ChainTrustMode.CustomRootTrust, CustomTrustStore = { authority }, RevocationMode = X509RevocationMode.NoCheck,
                },
            },
            TestContext.Current.CancellationToken);
        using (var transmitter = new Transmitter(secure))
        {
            await transmitter.SendAsync(Transmitter.Report());
            Assert.Equal("MSA|AA|C-1", await transmitter.AnswerAsync());
        }

        await listener.StopAsync(CancellationToken.None);
        listener.Dispose();
    }

    [Theory]
    [InlineData("0.0.0.0", null, null, "needs 'certificate' and 'key'")]
    [InlineData("127.0.0.1", "edge.pem", null, "go together")]
    [InlineData("127.0.0.1", "none.pem", "none.key", "missing")]
    [InlineData("ward", null, null, "not an address")]
    public void A_door_that_cannot_be_safe_is_not_opened(string address, string? certificate, string? key, string reason) =>
        Assert.Contains(
            reason,
            Assert.Throws<IOException>(() => MllpDoor.Of(new MllpSettings(address, 0, certificate, key))).Message,
            StringComparison.Ordinal);

    /// <summary>Debian's python3-hl7 as the sender.</summary>
    [Fact]
    public async Task A_foreign_client_gets_its_acknowledgement()
    {
        var (good, broken, foreign) = (Transmitter.Report("GOOD"), Transmitter.Report("BAD", serial: "P-0009"), Transmitter.Report("ADT").Replace("ORU^R01", "ADT^A01", StringComparison.Ordinal));
        var file = _folder.File("messages.mllp");
        await File.WriteAllTextAsync(
            file, string.Concat(new[] { good, broken, foreign }.Select(message => $"\u000B{message}\u001C\r")), TestContext.Current.CancellationToken);
        var port = _listener.EndPoint.Port.ToString(CultureInfo.InvariantCulture);
        var run = await CommandRun.OfAsync(Require.Program("mllp_send"), ["-f", file, "-p", port, "127.0.0.1"], Patience);
        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.Contains("MSA|AA|GOOD\r", run.Output, StringComparison.Ordinal);
        Assert.Contains("MSA|AE|BAD|no device of this model and serial number is registered\r", run.Output, StringComparison.Ordinal);
        Assert.Contains("MSA|AR|ADT|MSH-9 is not ORU R01\r", run.Output, StringComparison.Ordinal);
        Assert.Equal(["implant-battery", "implant-lead-rv"], Measurements().Select(measurement => measurement.Kind));
        // It takes the last CR off.
        Assert.Equal([broken.TrimEnd('\r'), foreign.TrimEnd('\r')], _journal.Quarantine(10).OrderBy(row => row.Number).Select(row => Encoding.UTF8.GetString(row.Bytes.Raw.Span)));
    }

    private List<Measurement> Measurements() =>
    [
        .. _journal.Read(1, long.MaxValue, 1000, int.MaxValue).Where(entry => entry.Kind == EntryKind.Measurement)
            .Select(entry => WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason) ? measurement : throw new InvalidDataException(reason)),
    ];

    private async Task<MllpListener> StartAsync(MllpSettings settings)
    {
        var catalog = DriverCatalog.Load();
        var registry = new DeviceRegistry(
            Sample.Configuration(
                _folder.Path,
                new DeviceSettings("pacemaker-01", "pacemaker", "IoTHealth", "Pace-DR", "P-0001", "101-A"),
                new DeviceSettings("pacemaker-02", "pacemaker", "IoTHealth", "Pace-VR", "P-0001", "102-A")) with { Mllp = settings },
            catalog);
        var clock = new GatewayClock(_time, () => true, default, Sample.Device.Zone);
        var intake = new MeasurementIntake(_faulty, clock, new ClockLog(_journal));
        var listener = new MllpListener(
            MllpDoor.Of(settings), catalog, new ReportDesk(registry, intake, _faulty, clock), _time, NullLogger<MllpListener>.Instance);
        await listener.StartAsync(CancellationToken.None);
        return listener;
    }
}
