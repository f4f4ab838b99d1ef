using System.Net;
using System.Net.Security;
using System.Net.Sockets;

namespace IoTHealth.Devices.Tests.Links;

/// <summary>A packet as it came: its first byte and its body.</summary>
internal sealed record RawPacket(byte First, byte[] Body)
{
    /// <summary>Name with the identifier or code that matters.</summary>
    public override string ToString() => (First & 0xF0) switch
    {
        0x20 => $"CONNACK {Body[1]}",
        0x30 => $"PUBLISH {System.Text.Encoding.UTF8.GetString(Body, 2, Body[1])}",
        0x40 => $"PUBACK {(Body[0] << 8) | Body[1]}",
        0x90 => $"SUBACK {Convert.ToHexString(Body.AsSpan(2))}",
        0xD0 => "PONG",
        0xE0 => $"DISCONNECT {(Body.Length > 0 ? Body[0] : 0):X2}",
        _ => $"{First:X2}",
    };
}

/// <summary>A TLS connection to the server on which a test writes and reads bytes. Every wait is bounded.</summary>
internal sealed class RawClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TcpClient _tcp;
    private readonly SslStream _stream;

    private RawClient(TcpClient connected) => (_tcp, _stream) = (connected, new SslStream(connected.GetStream()));

    /// <summary>A connection on which nothing was said yet.</summary>
    public static async Task<RawClient> OpenAsync(IPEndPoint server)
    {
        var tcp = new TcpClient { NoDelay = true };
        await tcp.ConnectAsync(server);
        var client = new RawClient(tcp);
        await client._stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = IngressServer.Trust });
        return client;
    }

    /// <summary>A connection that was admitted.</summary>
    public static async Task<RawClient> ConnectAsync(
        IPEndPoint server, string name = "a", int version = 4, int keepAliveSeconds = 0, (string, string)? will = null)
    {
        var client = await OpenAsync(server);
        await client.SendAsync(MqttBytes.Connect(name, version, keepAliveSeconds, will));
        Assert.Equal("CONNACK 0", await client.NextAsync());
        return client;
    }

    public async Task SendAsync(params byte[][] packets)
    {
        await _stream.WriteAsync(packets.SelectMany(packet => packet).ToArray());
        await _stream.FlushAsync();
    }

    /// <summary>The next packet's name, or <c>closed</c>.</summary>
    public async Task<string> NextAsync() => (await ReadAsync())?.ToString() ?? "closed";

    /// <summary>Names of all packets until the connection is closed.</summary>
    public async Task<string> UntilClosedAsync()
    {
        var names = new List<string>();
        while (await ReadAsync() is { } packet)
        {
            names.Add(packet.ToString());
        }

        return string.Join(", ", names);
    }

    /// <summary>Asks and awaits an answer: everything sent before has been read by the server then.</summary>
    public async Task<string> PingAsync()
    {
        await SendAsync(MqttBytes.Ping);
        return await NextAsync();
    }

    public async Task<RawPacket?> ReadAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        try
        {
            var first = new byte[1];
            await _stream.ReadExactlyAsync(first, late.Token);
            var body = new byte[await LengthAsync(late.Token)];
            await _stream.ReadExactlyAsync(body, late.Token);
            return new RawPacket(first[0], body);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Says it has nothing more to send, in the way TLS and TCP have for it.</summary>
    public async Task FinishAsync()
    {
        await _stream.ShutdownAsync();
        _tcp.Client.Shutdown(SocketShutdown.Send);
    }

    /// <summary>Gone without a word.</summary>
    public void Drop()
    {
        _tcp.Client.LingerState = new LingerOption(true, 0);
        _tcp.Close();
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp.Dispose();
    }

    private async Task<int> LengthAsync(CancellationToken late)
    {
        var digit = new byte[1];
        var (length, shift) = (0, 0);
        do
        {
            await _stream.ReadExactlyAsync(digit, late);
            length |= (digit[0] & 0x7F) << shift;
            shift += 7;
        }
        while (digit[0] > 127);
        return length;
    }
}
