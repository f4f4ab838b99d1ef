using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace IoTHealth.Hostile.Mqtt;

/// <summary>One hostile host: its own loopback address, a credential that was stolen from a robot, and bad manners.</summary>
internal sealed class Attacker(int number, int seed, IPEndPoint server, X509Certificate2 authority, string password)
{
    private const int PacketsOfASession = 25;
    private const int DeafSessions = 10;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(20);

    private readonly Random _random = new((seed * 1_000) + number);
    private readonly IPAddress _from = new([127, 0, 0, (byte)(10 + number)]);
    private readonly List<TlsLine> _leftOpen = [];

    public static string Key(int number) => $"hostile-{number}";

    /// <summary>Attacks so often.</summary>
    /// <returns>Attacks by kind.</returns>
    public async Task<Dictionary<string, int>> RunAsync(int cases, CancellationToken stop)
    {
        var counts = new Dictionary<string, int>();
        var bytes = new HostileBytes(_random, Key(number), password);
        for (var done = 0; done < cases && !stop.IsCancellationRequested;)
        {
            var (kind, attack) = _random.Next(100) switch
            {
                < 60 => ("plain TCP", PlainAsync(bytes, stop)),
                < 85 => ("TLS, not admitted", StrangerAsync(bytes, stop)),
                _ => ("admitted", AdmittedAsync(bytes, stop)),
            };
            var made = await TryAsync(attack);
            counts[kind] = counts.GetValueOrDefault(kind) + made;
            done += made;
        }

        foreach (var line in _leftOpen)
        {
            await line.DisposeAsync();
        }

        return counts;
    }

    // Being cut off is what an attacker is there for.
    private static async Task<int> TryAsync(Task<int> attack)
    {
        try
        {
            return await attack;
        }
        catch (Exception e) when (e is IOException or SocketException or AuthenticationException or ObjectDisposedException)
        {
            return 1;
        }
    }

    private async Task<int> PlainAsync(HostileBytes bytes, CancellationToken stop)
    {
        var line = await TlsLine.PlainAsync(server, _from, stop);
        await line.WriteAsync(bytes.Plain(), stop);
        await LeaveAsync(line, stop);
        return 1;
    }

    private async Task<int> StrangerAsync(HostileBytes bytes, CancellationToken stop)
    {
        var line = await TlsLine.OpenAsync(server, _from, authority, stop);
        await line.WriteAsync(bytes.Stranger(), stop);
        await LeaveAsync(line, stop);
        return 1;
    }

    private async Task<int> AdmittedAsync(HostileBytes bytes, CancellationToken stop)
    {
        await using var line = await TlsLine.OpenAsync(server, _from, authority, stop);
        await line.WriteAsync(MqttWords.Connect(Key(number), password), stop);
        await line.ReadAsync(4, TimeSpan.FromSeconds(5), stop);
        var isDeaf = _random.Next(DeafSessions) == 0;
        var reading = isDeaf ? Task.CompletedTask : line.DrainAsync(TimeSpan.FromSeconds(2), stop);
        var sent = 0;
        try
        {
            for (; sent < PacketsOfASession; sent++)
            {
                await line.WriteAsync(bytes.Bearable(), stop);
            }

            await line.WriteAsync(bytes.Unbearable(), stop);
            await reading;
        }
        catch (IOException)
        {
            // It was put out before it had done.
        }

        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return sent + 1;
    }

    // Some wait to be put out, some go, some are cut, and a few are just left there.
    private async Task LeaveAsync(TlsLine line, CancellationToken stop)
    {
        switch (_random.Next(20))
        {
            case 0 when _leftOpen.Count < 50:
                _leftOpen.Add(line);
                return;
            case < 4:
                await line.DrainAsync(Glance, stop);
                break;
            case < 12:
                line.Drop();
                break;
        }

        await line.DisposeAsync();
    }
}
