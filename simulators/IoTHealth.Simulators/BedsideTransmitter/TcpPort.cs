using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>A TCP connection, by TLS where an authority is given.</summary>
internal sealed class TcpPort(string host, int port, TrustedAuthority? authority, TimeProvider clock) : IMllpPort
{
    private static readonly TimeSpan OpenWithin = TimeSpan.FromSeconds(5);
    private readonly byte[] _heard = new byte[1024];
    private Stream? _stream;
    private int _next;
    private int _end;

    public async Task OpenAsync(CancellationToken stop)
    {
        if (_stream is not null)
        {
            return;
        }

        using var patience = new CancellationTokenSource(OpenWithin, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            _stream = await ConnectAsync(either.Token);
            (_next, _end) = (0, 0);
        }
        catch (Exception failed) when (failed is SocketException or AuthenticationException || (failed is OperationCanceledException && !stop.IsCancellationRequested))
        {
            throw new IOException($"{host}:{port}: {failed.Message}", failed);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken stop)
    {
        var stream = Open;
        await stream.WriteAsync(bytes, stop);
        await stream.FlushAsync(stop);
    }

    public async Task<byte?> ReadAsync(TimeSpan patience, CancellationToken stop)
    {
        if (_next == _end)
        {
            using var silence = new CancellationTokenSource(patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, silence.Token);
            try
            {
                (_next, _end) = (0, await Open.ReadAsync(_heard, either.Token));
            }
            catch (OperationCanceledException) when (!stop.IsCancellationRequested)
            {
                return null;
            }
        }

        return _end > 0 ? _heard[_next++] : throw new IOException("the gateway closed the connection");
    }

    public Task BreakAsync(CancellationToken stop)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _stream?.Dispose();
        _stream = null;
    }

    private Stream Open => _stream ?? throw new IOException("the connection is not open");

    private async Task<Stream> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        Stream? stream = null;
        try
        {
            await socket.ConnectAsync(host, port, stop);
            stream = new NetworkStream(socket, ownsSocket: true);
            return authority is null ? stream : await SecureAsync(stream, authority, stop);
        }
        catch
        {
            stream?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    private async Task<Stream> SecureAsync(Stream plain, TrustedAuthority trusted, CancellationToken stop)
    {
        var secure = new SslStream(plain, false, (_, certificate, chain, errors) => trusted.Trusts(certificate, chain, errors));
        await secure.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = host }, stop);
        return secure;
    }
}
