using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace IoTHealth.Testing.Faults;

/// <summary>
/// A bad line: passes TCP connections on to a target, with delay and a bounded speed; can be pulled out, frozen half-open, and
/// reset.
/// </summary>
public sealed class TcpRelay : IAsyncDisposable
{
    private readonly IPEndPoint target;
    private readonly Func<Socket> openSocket;
    private readonly TcpListener listener;
    private readonly CancellationTokenSource ending = new();
    private readonly ConcurrentDictionary<RelayedConnection, bool> connections = new();
    private readonly Task accepting;
    private volatile bool cut;
    private volatile TaskCompletionSource moving = Moving();

    /// <param name="target">Where connections lead.</param>
    /// <param name="port">On 127.0.0.1, where they are taken.</param>
    /// <param name="openSocket">Makes the sockets that connect to the target; left out = of this machine.</param>
    public TcpRelay(IPEndPoint target, int port, Func<Socket>? openSocket = null)
    {
        this.target = target;
        this.openSocket = openSocket ?? (() => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>How long each byte is under way, in each direction.</summary>
    public TimeSpan Latency { get; set; }

    /// <summary>Most bytes a second in each direction and connection; 0 for no bound.</summary>
    public int BytesPerSecond { get; set; }

    /// <summary>Connections made so far.</summary>
    public int Accepted { get; private set; }

    internal Task WhileMoving => moving.Task;

    /// <summary>Resets all connections and refuses new ones, until <see cref="Heal"/>.</summary>
    public void Cut()
    {
        cut = true;
        Reset();
    }

    public void Heal() => cut = false;

    /// <summary>Resets all connections (RST); new ones are taken.</summary>
    public void Reset()
    {
        foreach (var connection in connections.Keys)
        {
            connection.Reset();
        }
    }

    /// <summary>Passes nothing on any more and closes nothing, until <see cref="Thaw"/>: both ends think the other is there.</summary>
    public void Freeze() => moving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Thaw() => moving.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await ending.CancelAsync();
        listener.Stop();
        Reset();
        await accepting;
        ending.Dispose();
    }

    private static TaskCompletionSource Moving()
    {
        var moving = new TaskCompletionSource();
        moving.SetResult();
        return moving;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await listener.AcceptSocketAsync(ending.Token);
                _ = ServeAsync(socket);
            }
        }
        catch (Exception error) when (error is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private async Task ServeAsync(Socket near)
    {
        using var connection = new RelayedConnection(this, near, openSocket());
        if (cut)
        {
            connection.Reset();
            return;
        }

        Accepted++;
        connections[connection] = true;
        await connection.RunAsync(target, ending.Token);
        connections.TryRemove(connection, out _);
    }
}
