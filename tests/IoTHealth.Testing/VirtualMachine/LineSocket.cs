using System.Net.Sockets;
using System.Text;

namespace IoTHealth.Testing.VirtualMachine;

/// <summary>A unix socket on which both sides say lines.</summary>
internal sealed class LineSocket : IDisposable
{
    private readonly NetworkStream stream;
    private readonly StreamReader reader;

    private LineSocket(Socket socket)
    {
        stream = new NetworkStream(socket, ownsSocket: true);
        reader = new StreamReader(stream, Encoding.UTF8);
    }

    /// <exception cref="SocketException">Nobody listens.</exception>
    public static async Task<LineSocket> ConnectAsync(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            return new LineSocket(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async Task WriteAsync(string line) => await stream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));

    /// <exception cref="IOException">The other side is gone.</exception>
    public async Task<string> ReadAsync(CancellationToken late) =>
        await reader.ReadLineAsync(late) ?? throw new IOException("the virtual machine is gone");

    public void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
    }
}
