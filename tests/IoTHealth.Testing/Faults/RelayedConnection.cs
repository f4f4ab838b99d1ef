using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace IoTHealth.Testing.Faults;

/// <summary>One connection through a <see cref="TcpRelay"/>.</summary>
internal sealed class RelayedConnection(TcpRelay relay, Socket near, Socket far) : IDisposable
{
    private const int ChunkBytes = 16 * 1024;
    private const int ChunksUnderWay = 64;

    public async Task RunAsync(IPEndPoint target, CancellationToken cancellation)
    {
        try
        {
            near.NoDelay = far.NoDelay = true;
            await far.ConnectAsync(target, cancellation);
            await await Task.WhenAny(PassAsync(near, far, cancellation), PassAsync(far, near, cancellation));
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // One end is gone; the other learns it.
        }

        Reset();
    }

    /// <summary>Closes both ends with RST.</summary>
    public void Reset()
    {
        foreach (var socket in new[] { near, far })
        {
            try
            {
                socket.LingerState = new LingerOption(true, 0);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                // Never connected, or closed already.
            }

            socket.Dispose();
        }
    }

    public void Dispose() => Reset();

    // Bytes go on being read while earlier ones are still under way: a delay, not a slower line.
    private async Task PassAsync(Socket from, Socket to, CancellationToken cancellation)
    {
        var underWay = Channel.CreateBounded<(long Read, byte[] Bytes)>(ChunksUnderWay);
        var writing = WriteAsync(underWay.Reader, to, cancellation);
        try
        {
            var buffer = new byte[ChunkBytes];
            for (int count; (count = await from.ReceiveAsync(buffer.AsMemory(), cancellation)) > 0;)
            {
                await underWay.Writer.WriteAsync((Stopwatch.GetTimestamp(), buffer[..count]), cancellation);
            }
        }
        finally
        {
            underWay.Writer.Complete();
        }

        await writing;
    }

    private async Task WriteAsync(ChannelReader<(long Read, byte[] Bytes)> underWay, Socket to, CancellationToken cancellation)
    {
        await foreach (var (read, bytes) in underWay.ReadAllAsync(cancellation))
        {
            var left = relay.Latency - Stopwatch.GetElapsedTime(read);
            if (left > TimeSpan.Zero)
            {
                await Task.Delay(left, cancellation);
            }

            await relay.WhileMoving.WaitAsync(cancellation);
            for (var sent = 0; sent < bytes.Length;)
            {
                sent += await to.SendAsync(bytes.AsMemory(sent), cancellation);
            }

            if (relay.BytesPerSecond is > 0 and var speed)
            {
                await Task.Delay(TimeSpan.FromSeconds((double)bytes.Length / speed), cancellation);
            }
        }
    }
}
