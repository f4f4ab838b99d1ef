using System.Net;
using System.Net.Sockets;

namespace IoTHealth.Testing;

/// <summary>Whether somebody listens on a port of 127.0.0.1.</summary>
public static class TcpProbe
{
    public static async Task<bool> AnswersAsync(int port, CancellationToken cancel)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port, cancel);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
