using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IoTHealth.Testing;

/// <summary>Ports on 127.0.0.1 that nobody listens on. No port is handed out twice in one process.</summary>
public static class FreePort
{
    // Below Linux's ephemeral range: a port the kernel hands out may become somebody's outgoing connection before its
    // server has started, or while it is down.
    private const int Lowest = 15_000;
    private const int Beyond = 32_000;

    private static readonly ConcurrentDictionary<int, bool> Taken = new();

    public static int Take()
    {
        while (true)
        {
            var port = Random.Shared.Next(Lowest, Beyond);
            if (IsFree(port) && Taken.TryAdd(port, true))
            {
                return port;
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
