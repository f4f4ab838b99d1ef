using System.Net.Sockets;

namespace IoTHealth.Testing.VirtualMachine;

/// <summary>
/// The cable between a simulated device's terminal and a machine's serial line. Like a wire it keeps nothing: what is said
/// while it is out is lost.
/// </summary>
public sealed class SerialCable : IDisposable
{
    private readonly FileStream terminal;
    private readonly LineEnd line;
    private readonly Thread fromDevice;
    private volatile Socket? socket;

    /// <param name="terminal">Device file of the simulated device.</param>
    public SerialCable(string terminal, LineEnd line)
    {
        this.terminal = new FileStream(terminal, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
        this.line = line;
        fromDevice = new Thread(CarryFromDevice) { IsBackground = true, Name = $"cable {line.Name}" };
        fromDevice.Start();
    }

    /// <exception cref="SocketException">The machine is not running.</exception>
    public async Task PlugInAsync()
    {
        var plugged = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await plugged.ConnectAsync(new UnixDomainSocketEndPoint(line.Socket));
        socket = plugged;
        new Thread(() => CarryToDevice(plugged)) { IsBackground = true, Name = $"cable {line.Name}" }.Start();
    }

    public void PullOut() => Interlocked.Exchange(ref socket, null)?.Dispose();

    /// <summary>Ends after the device's program has: until then its terminal is read.</summary>
    public void Dispose()
    {
        PullOut();
        fromDevice.Join();
        terminal.Dispose();
    }

    private void CarryFromDevice()
    {
        var buffer = new byte[256];
        try
        {
            while (terminal.Read(buffer) is > 0 and var count)
            {
                Send(buffer.AsSpan(0, count));
            }
        }
        catch (IOException)
        {
            // The device's program ended.
        }
    }

    private void Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            socket?.Send(bytes);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Pulled out in the middle of it.
        }
    }

    private void CarryToDevice(Socket plugged)
    {
        var buffer = new byte[256];
        try
        {
            while (plugged.Receive(buffer) is > 0 and var count)
            {
                terminal.Write(buffer.AsSpan(0, count));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Pulled out, or the device's program ended.
        }
    }
}
