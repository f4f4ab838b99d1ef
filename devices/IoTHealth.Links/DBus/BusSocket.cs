using System.Net.Sockets;
using System.Text;

namespace IoTHealth.Links.DBus;

/// <summary>The bytes of one authenticated connection: whole messages in and out. D-Bus Specification, "Authentication Protocol".</summary>
internal sealed class BusSocket : IDisposable
{
    private const int MaximumLineBytes = 1024;
    private const int BufferBytes = 64 * 1024;

    private static readonly TimeSpan SendTimeout = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Lock _sending = new();

    private BusSocket()
    {
        _socket.SendTimeout = (int)SendTimeout.TotalMilliseconds;
    }

    /// <summary>Connects and authenticates as this process's user.</summary>
    /// <exception cref="IOException">Nobody listens there, or it lets this user not in.</exception>
    public static async Task<BusSocket> OpenAsync(string address, CancellationToken cancellation)
    {
        var bus = new BusSocket();
        try
        {
            await bus._socket.ConnectAsync(BusAddress.Parse(address), cancellation);
            await bus.AuthenticateAsync(cancellation);
            return bus;
        }
        catch (SocketException e)
        {
            bus.Dispose();
            throw new IOException($"nobody answers at the bus {address} (is a D-Bus daemon running there?): {e.Message}", e);
        }
        catch
        {
            bus.Dispose();
            throw;
        }
    }

    /// <summary>Writes one message whole; returns once the system has taken it.</summary>
    /// <exception cref="IOException">The bus is gone, or has taken nothing for ten seconds.</exception>
    public void Send(byte[] message)
    {
        try
        {
            lock (_sending)
            {
                for (var sent = 0; sent < message.Length;)
                {
                    sent += _socket.Send(message.AsSpan(sent));
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("the bus takes nothing: " + e.Message, e);
        }
    }

    /// <summary>Hands over every message as it comes; ends with an exception only.</summary>
    /// <exception cref="IOException">The bus has closed the connection, or sent what is no message.</exception>
    public async Task ReceiveAsync(Action<Envelope> receive)
    {
        var buffer = new byte[BufferBytes];
        var held = 0;
        while (true)
        {
            held += await ReceiveAsync(buffer.AsMemory(held), CancellationToken.None);
            var used = HandOver(buffer.AsMemory(0, held), receive);
            buffer.AsSpan(used, held - used).CopyTo(buffer);
            held -= used;
            // Grown by what has come, not by what was announced; given back after a long message.
            if (held == buffer.Length)
            {
                Array.Resize(ref buffer, 2 * buffer.Length);
            }
            else if (held == 0 && buffer.Length > BufferBytes)
            {
                buffer = new byte[BufferBytes];
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int HandOver(ReadOnlyMemory<byte> received, Action<Envelope> receive)
    {
        var used = 0;
        while (Envelope.LengthOf(received.Span[used..]) is { } length && length <= received.Length - used)
        {
            if (Envelope.Read(received.Slice(used, length)) is { } envelope)
            {
                receive(envelope);
            }

            used += length;
        }

        return used;
    }

    // The bus takes the user from the socket itself where the client names none.
    private async Task AuthenticateAsync(CancellationToken cancellation)
    {
        Send([0]);
        Send("AUTH EXTERNAL\r\n"u8.ToArray());
        await ExpectAsync("DATA", cancellation);
        Send("DATA\r\n"u8.ToArray());
        await ExpectAsync("OK", cancellation);
        Send("BEGIN\r\n"u8.ToArray());
    }

    private async Task ExpectAsync(string word, CancellationToken cancellation)
    {
        var line = await ReadLineAsync(cancellation);
        if (line.Split(' ')[0] != word)
        {
            throw new IOException($"the bus answered '{line}' to the authentication, not {word}");
        }
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellation)
    {
        var line = new StringBuilder();
        var one = new byte[1];
        while (line.Length < MaximumLineBytes)
        {
            await ReceiveAsync(one, cancellation);
            if (one[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)one[0]);
        }

        throw new BusFormatException("a line of authentication without end");
    }

    private async Task<int> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellation)
    {
        try
        {
            return await _socket.ReceiveAsync(buffer, cancellation) is > 0 and var count
                ? count
                : throw new IOException("the bus closed the connection");
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("the bus is gone: " + e.Message, e);
        }
    }
}
