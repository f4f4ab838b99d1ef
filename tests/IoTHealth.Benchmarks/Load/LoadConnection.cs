using System.Diagnostics;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Benchmarks.Load;

/// <summary>One robot of a load: keeps so many publishes in flight as it may, and remembers how long each PUBACK took.</summary>
internal sealed class LoadConnection : IAsyncDisposable
{
    private const int AcknowledgementBytes = 4;

    private readonly LoadPlan _plan;
    private readonly TimeProvider _time;
    private readonly RobotPublish _publish;
    private readonly Stack<int> _free;
    private readonly long[] _sentAt;
    private readonly byte[] _out;
    private readonly byte[] _in = new byte[16 * 1024];

    private TcpClient? _tcp;
    private Stream _stream = Stream.Null;
    private long _sequence;

    public LoadConnection(LoadPlan plan, int index, TimeProvider time)
    {
        (_plan, _time, _sequence) = (plan, time, plan.FirstSequence);
        Key = $"robot-{index:D4}";
        _publish = new RobotPublish(Key, plan.PayloadBytes);
        _free = new Stack<int>(Enumerable.Range(1, plan.InFlight));
        _sentAt = new long[plan.InFlight + 1];
        _out = new byte[_publish.Length * plan.InFlight];
    }

    public string Key { get; }

    /// <exception cref="IOException">The server did not admit it.</exception>
    public async Task ConnectAsync(CancellationToken stop)
    {
        _tcp = new TcpClient { NoDelay = true };
        await _tcp.ConnectAsync(_plan.Server, stop);
        _stream = _tcp.GetStream();
        if (_plan.AuthorityFile is { } authority)
        {
            var tls = new SslStream(_stream);
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = Trust(authority) }, stop);
            _stream = tls;
        }

        var password = _plan.PasswordFile is { } file ? await File.ReadAllTextAsync(file, stop) : null;
        await _stream.WriteAsync(MqttText.Connect(Key, password), stop);
        var answer = new byte[AcknowledgementBytes];
        await _stream.ReadExactlyAsync(answer, stop);
        if (answer[0] != 0x20 || answer[3] != 0)
        {
            throw new IOException($"{Key} was not admitted: code {answer[3]}");
        }
    }

    /// <summary>Publishes so many and waits for the PUBACK of each; as fast as it can.</summary>
    /// <returns>Milliseconds from each publish to its PUBACK.</returns>
    public async Task<float[]> PublishAsync(int count, CancellationToken stop)
    {
        var latencies = new float[count];
        var (sent, acknowledged, kept) = (0, 0, 0);
        while (acknowledged < count)
        {
            sent += await SendAsync(Math.Min(_free.Count, count - sent), stop);
            var read = await _stream.ReadAsync(_in.AsMemory(kept), stop);
            (acknowledged, kept) = Take(read == 0 ? throw Closed() : kept + read, latencies, acknowledged);
        }

        return latencies;
    }

    /// <summary>The same, one publish at each tick, whether or not earlier ones were answered.</summary>
    public async Task<float[]> PublishAsync(int count, TimeSpan interval, TimeSpan delay, CancellationToken stop)
    {
        var latencies = new float[count];
        var reading = ReadAsync(latencies, stop);
        await Task.Delay(delay, _time, stop);
        using var timer = new PeriodicTimer(interval, _time);
        for (var sent = 0; sent < count && await timer.WaitForNextTickAsync(stop); sent++)
        {
            await SendAsync(1, stop);
        }

        await reading;
        return latencies;
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        _tcp?.Dispose();
    }

    private async Task ReadAsync(float[] latencies, CancellationToken stop)
    {
        var (acknowledged, kept) = (0, 0);
        while (acknowledged < latencies.Length)
        {
            var read = await _stream.ReadAsync(_in.AsMemory(kept), stop);
            lock (_free)
            {
                (acknowledged, kept) = Take(read == 0 ? throw Closed() : kept + read, latencies, acknowledged);
            }
        }
    }

    private async ValueTask<int> SendAsync(int count, CancellationToken stop)
    {
        if (count == 0)
        {
            return 0;
        }

        _publish.SetTime(_time.GetUtcNow());
        lock (_free)
        {
            var now = Stopwatch.GetTimestamp();
            for (var i = 0; i < count; i++)
            {
                var id = _free.Pop();
                _sentAt[id] = now;
                _publish.Write(_out.AsSpan(i * _publish.Length), id, _sequence++);
            }
        }

        await _stream.WriteAsync(_out.AsMemory(0, count * _publish.Length), stop);
        return count;
    }

    // Returns what has been acknowledged so far, and the bytes of a PUBACK that is not whole yet.
    private (int Acknowledged, int Kept) Take(int bytes, float[] latencies, int acknowledged)
    {
        var (now, at) = (Stopwatch.GetTimestamp(), 0);
        for (; bytes - at >= AcknowledgementBytes; at += AcknowledgementBytes)
        {
            var id = (_in[at + 2] << 8) | _in[at + 3];
            if (_in[at] != 0x40 || _in[at + 1] != 2 || id < 1 || id >= _sentAt.Length || _sentAt[id] == 0)
            {
                throw new IOException($"{Key} was answered {Convert.ToHexString(_in, at, AcknowledgementBytes)}, which is no PUBACK it waits for");
            }

            latencies[acknowledged++] = (float)Stopwatch.GetElapsedTime(_sentAt[id], now).TotalMilliseconds;
            _sentAt[id] = 0;
            _free.Push(id);
        }

        _in.AsSpan(at, bytes - at).CopyTo(_in);
        return (acknowledged, bytes - at);
    }

    private IOException Closed() => new($"the connection of {Key} was closed");

    private static X509ChainPolicy Trust(string authorityFile) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        CustomTrustStore = { X509CertificateLoader.LoadCertificateFromFile(authorityFile) },
    };
}
