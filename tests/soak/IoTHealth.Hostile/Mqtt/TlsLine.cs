using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>A connection to the gateway from a loopback address of one's choice, plain or by TLS. Every wait is bounded.</summary>
internal sealed class TlsLine : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly TcpClient _tcp;
    private Stream _stream;

    private TlsLine(TcpClient tcp) => (_tcp, _stream) = (tcp, tcp.GetStream());

    public static async Task<TlsLine> PlainAsync(IPEndPoint server, IPAddress from, CancellationToken stop)
    {
        var tcp = new TcpClient(new IPEndPoint(from, 0)) { NoDelay = true };
        try
        {
            await tcp.ConnectAsync(server, stop);
            return new TlsLine(tcp);
        }
        catch
        {
            tcp.Dispose();
            throw;
        }
    }

    public static async Task<TlsLine> OpenAsync(IPEndPoint server, IPAddress from, X509Certificate2 authority, CancellationToken stop)
    {
        var line = await PlainAsync(server, from, stop);
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
            late.CancelAfter(Patience);
            var tls = new SslStream(line._stream);
            line._stream = tls;
            var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, CustomTrustStore = { authority } };
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = trust }, late.Token);
            return line;
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public ValueTask WriteAsync(byte[] bytes, CancellationToken stop) => _stream.WriteAsync(bytes, stop);

    /// <summary>Reads so many bytes.</summary>
    /// <exception cref="IOException">They did not come.</exception>
    public async Task<byte[]> ReadAsync(int count, TimeSpan patience, CancellationToken stop)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(patience);
        var bytes = new byte[count];
        try
        {
            await _stream.ReadExactlyAsync(bytes, late.Token);
            return bytes;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new IOException($"no answer within {patience.TotalSeconds} s");
        }
    }

    /// <summary>Reads and forgets until it is closed or nothing came for so long.</summary>
    public async Task DrainAsync(TimeSpan patience, CancellationToken stop)
    {
        var buffer = new byte[4_096];
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stop);
        late.CancelAfter(patience);
        try
        {
            while (await _stream.ReadAsync(buffer, late.Token) > 0)
            {
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Still open.
        }
    }

    /// <summary>Gone without a word.</summary>
    public void Drop()
    {
        _tcp.Client.LingerState = new LingerOption(true, 0);
        _tcp.Close();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _stream.DisposeAsync();
        }
        catch (IOException)
        {
            // It has gone.
        }

        _tcp.Dispose();
    }
}
