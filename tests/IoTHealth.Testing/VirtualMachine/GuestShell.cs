using System.Globalization;
using System.Net.Sockets;

namespace IoTHealth.Testing.VirtualMachine;

/// <summary>The control line into a guest (guest-init.sh): a command a line, its output, and <c>::exit code</c>. One caller at a time.</summary>
internal sealed class GuestShell : IDisposable
{
    private const string ExitMark = "::exit ";

    private readonly LineSocket socket;

    private GuestShell(LineSocket socket) => this.socket = socket;

    /// <summary>Connects as soon as QEMU listens.</summary>
    public static async Task<GuestShell> ConnectAsync(string path, ServerProcess qemu, TimeSpan timeout)
    {
        LineSocket? socket = null;
        await qemu.WaitForAsync(async _ => (socket = await TryConnectAsync(path)) is not null, timeout);
        return new GuestShell(socket!);
    }

    /// <summary>Returns once the guest's first process reads commands.</summary>
    public async Task UpAsync(TimeSpan timeout)
    {
        using var late = new CancellationTokenSource(timeout);
        await socket.ReadAsync(late.Token);
    }

    public async Task<string> RunAsync(string command, TimeSpan timeout)
    {
        using var late = new CancellationTokenSource(timeout);
        var output = new List<string>();
        await socket.WriteAsync(command.ReplaceLineEndings(";"));
        try
        {
            var code = await ReadToExitAsync(output, late.Token);
            var said = string.Join('\n', output);
            return code == 0 ? said : throw new IOException($"in the guest, '{command}' ended with exit code {code}: {said}");
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"in the guest, '{command}' did not end within {timeout.TotalSeconds} s; it said: {string.Join('\n', output)}");
        }
    }

    public void Dispose() => socket.Dispose();

    private async Task<int> ReadToExitAsync(List<string> output, CancellationToken late)
    {
        string line;
        while (!(line = await socket.ReadAsync(late)).StartsWith(ExitMark, StringComparison.Ordinal))
        {
            output.Add(line);
        }

        return int.Parse(line.AsSpan(ExitMark.Length), CultureInfo.InvariantCulture);
    }

    private static async Task<LineSocket?> TryConnectAsync(string path)
    {
        try
        {
            return await LineSocket.ConnectAsync(path);
        }
        catch (SocketException)
        {
            return null;
        }
    }
}
