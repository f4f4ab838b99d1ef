using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>
/// Slow loris: connections that give a byte now and then, within TLS and before it, and are opened again whenever they are closed. An
/// honest server counts the whole time.
/// </summary>
internal sealed class SlowClients(IPEndPoint server, X509Certificate2 authority)
{
    private const int Each = 20;

    private static readonly TimeSpan Drip = TimeSpan.FromMilliseconds(250);

    private int _closed;

    /// <summary>How often one was put out.</summary>
    public int Closed => _closed;

    public Task RunAsync(TimeProvider time, CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, Each).SelectMany(_ => new[] { RunAsync(isTls: true, time, stop), RunAsync(isTls: false, time, stop) }));

    private async Task RunAsync(bool isTls, TimeProvider time, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var line = isTls
                    ? await TlsLine.OpenAsync(server, new IPAddress([127, 0, 0, 3]), authority, stop)
                    : await TlsLine.PlainAsync(server, new IPAddress([127, 0, 0, 4]), stop);
                await DripAsync(line, isTls ? MqttWords.Connect(new string('x', 3_000), "x") : [0x16, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3, .. new byte[500]], time, stop);
            }
            catch (Exception e) when (e is IOException or SocketException)
            {
                Interlocked.Increment(ref _closed);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private static async Task DripAsync(TlsLine line, byte[] bytes, TimeProvider time, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Drip, time);
        foreach (var one in bytes)
        {
            await line.WriteAsync([one], stop);
            await timer.WaitForNextTickAsync(stop);
        }
    }
}
