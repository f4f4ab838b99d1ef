using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>An honest robot that publishes 20 times a second, and must be answered in time all the while.</summary>
internal sealed class Neighbour
{
    public const string Key = "neighbour";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<double> _milliseconds = [];

    public int Sent { get; private set; }

    public int Acknowledged => _milliseconds.Count;

    public double P99Milliseconds => _milliseconds.Order().ElementAt((int)(_milliseconds.Count * 0.99));

    public double MaximumMilliseconds => _milliseconds.Max();

    /// <summary>Publishes until stopped.</summary>
    /// <exception cref="IOException">It was put out, or not answered.</exception>
    public async Task RunAsync(IPEndPoint server, X509Certificate2 authority, string password, TimeProvider time, CancellationToken stop)
    {
        await using var line = await TlsLine.OpenAsync(server, IPAddress.Loopback, authority, CancellationToken.None);
        await line.WriteAsync(MqttWords.Connect(Key, password), CancellationToken.None);
        var admitted = await line.ReadAsync(4, Patience, CancellationToken.None);
        if (admitted[3] != 0)
        {
            throw new IOException("the neighbour was not admitted");
        }

        using var timer = new PeriodicTimer(Interval, time);
        while (!stop.IsCancellationRequested)
        {
            await PublishAsync(line, time);
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task PublishAsync(TlsLine line, TimeProvider time)
    {
        var payload = Encoding.UTF8.GetBytes($"{{\"seq\":{++Sent},\"ts\":\"{time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\",\"hr\":61}}");
        var id = (Sent % 60_000) + 1;
        var begun = Stopwatch.GetTimestamp();
        await line.WriteAsync(MqttWords.Publish($"watchover/{Key}/readings", payload, id), CancellationToken.None);
        var answer = await line.ReadAsync(4, Patience, CancellationToken.None);
        if (answer[0] != 0x40 || ((answer[2] << 8) | answer[3]) != id)
        {
            throw new IOException($"the neighbour was answered {Convert.ToHexString(answer)}");
        }

        _milliseconds.Add(Stopwatch.GetElapsedTime(begun).TotalMilliseconds);
    }
}
