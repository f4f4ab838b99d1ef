using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using IoTHealth.Devices;
using IoTHealth.Devices.Pacemaker;

namespace IoTHealth.Edge.Reports;

/// <summary>One transmitter's connection. It ends when it brings no whole message for a while: a slow one holds no place for ever.</summary>
internal sealed class MllpConnection(
    Socket socket, SslStreamCertificateContext? certificate, MllpAllowance allowance, TimeProvider time, CancellationToken stopping) : IDisposable
{
    /// <summary>The longest message. A report with its PDF fits.</summary>
    public const int BytesMaximum = 8 * 1024 * 1024;

    /// <summary>How long a connection may go without a whole message.</summary>
    public static readonly TimeSpan QuietMaximum = TimeSpan.FromMinutes(5);

    private readonly CancellationTokenSource _quiet = new(QuietMaximum, time);
    private readonly CancellationTokenSource _closing = CancellationTokenSource.CreateLinkedTokenSource(stopping);

    private long _lastHeard = time.GetTimestamp();

    /// <summary>When it last brought bytes, or came.</summary>
    public long LastHeard => Interlocked.Read(ref _lastHeard);

    /// <summary>Makes it end, if it has not ended by itself.</summary>
    public void Close()
    {
        try
        {
            _closing.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It ended meanwhile.
        }
    }

    /// <exception cref="Exception">Why it ended before the transmitter hung up.</exception>
    public async Task ServeAsync(IReportDriver driver, ReportDesk desk)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(_closing.Token, _quiet.Token);
        await using var stream = await OpenAsync(end.Token);
        var line = new Line(PipeReader.Create(stream), PipeWriter.Create(stream));
        await new MllpConversation(driver, KeepAsync, time, BytesMaximum, allowance, Heard).RunAsync(line, end.Token);

        async ValueTask<DecodedReport> KeepAsync(DecodedReport report, CancellationToken cancellation)
        {
            var kept = await desk.KeepAsync(report, cancellation);
            _quiet.CancelAfter(QuietMaximum);
            return kept;
        }

        void Heard() => Interlocked.Exchange(ref _lastHeard, time.GetTimestamp());
    }

    public void Dispose()
    {
        socket.Dispose();
        _quiet.Dispose();
        _closing.Dispose();
    }

    private async Task<Stream> OpenAsync(CancellationToken cancellation)
    {
        var plain = new NetworkStream(socket, ownsSocket: true);
        if (certificate is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = certificate,
                EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
            },
            cancellation);
        return secure;
    }

    private sealed record Line(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
