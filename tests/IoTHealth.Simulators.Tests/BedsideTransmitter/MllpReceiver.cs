using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using IoTHealth.Simulators.Tests.Support;

namespace IoTHealth.Simulators.Tests.BedsideTransmitter;

/// <summary>A gateway's MLLP listener as a stranger would write it, answering as it is told.</summary>
internal sealed class MllpReceiver : IAsyncDisposable
{
    /// <summary>For an answer: the connection is closed instead.</summary>
    public const string Cut = "cut";

    private readonly TcpListener _listener;
    private readonly Func<string, int, string?> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<string> _messages = [];
    private readonly List<Task> _connections = [];
    private readonly Task _accepting;

    /// <param name="answer">Given a message and its number from 1: MSA-1 with or without |reason, <see cref="Cut"/>, or null for silence.</param>
    public MllpReceiver(Func<string, int, string?>? answer = null, TestAuthority? authority = null, int port = 0)
    {
        _answer = answer ?? ((_, _) => "AA");
        _certificate = authority is null ? null : X509Certificate2.CreateFromPemFile(authority.CertificateFile, authority.KeyFile);
        _listener = new TcpListener(IPAddress.Loopback, port);
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Whole messages in the order of their coming.</summary>
    public string[] Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    /// <summary>Bytes that stood outside of whole messages.</summary>
    public int Noise { get; private set; }

    public int Connections { get; private set; }

    public static string Control(string message) => message.Split('|')[9];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_connections);
        _certificate?.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                Connections++;
                _connections.Add(ServeAsync(client));
            }
        }
        catch (Exception ended) when (ended is OperationCanceledException or SocketException)
        {
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                var secure = new SslStream(stream);
                await secure.AuthenticateAsServerAsync(_certificate);
                stream = secure;
            }

            await ServeAsync(stream);
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
        }
    }

    private async Task ServeAsync(Stream stream)
    {
        var (buffer, held, inside) = (new byte[64 * 1024], new List<byte>(), false);
        for (int read; (read = await stream.ReadAsync(buffer, _stop.Token)) > 0;)
        {
            foreach (var value in buffer.AsMemory(0, read).ToArray())
            {
                if (value == 0x0B)
                {
                    (inside, held) = (true, []);
                }
                else if (inside && value == 0x0D && held is [.., 0x1C])
                {
                    inside = false;
                    if (!await AnswerAsync(stream, Encoding.UTF8.GetString([.. held.SkipLast(1)])))
                    {
                        return;
                    }
                }
                else if (inside)
                {
                    held.Add(value);
                }
                else
                {
                    Noise++;
                }
            }
        }
    }

    private async Task<bool> AnswerAsync(Stream stream, string message)
    {
        int number;
        lock (_gate)
        {
            _messages.Add(message);
            number = _messages.Count;
        }

        var answer = _answer(message, number);
        if (answer is not (null or Cut))
        {
            var (code, reason) = answer.Split('|') is [var left, var right] ? (left, right) : (answer, "");
            var acknowledgement = $"MSH|^~\\&|GATEWAY||BEDSIDE|IOTHEALTH|20261124071205+0900||ACK^R01^ACK|{number}|P|2.6\rMSA|{code}|{Control(message)}|{reason}\r";
            await stream.WriteAsync(Encoding.UTF8.GetBytes($"\u000B{acknowledgement}\u001C\r"), _stop.Token);
        }

        return answer != Cut;
    }
}
