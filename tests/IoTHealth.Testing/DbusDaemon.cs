using System.Net.Sockets;

namespace IoTHealth.Testing;

/// <summary>
/// A D-Bus message bus of one's own on a socket in a folder; everybody may own every name on it, org.bluez too. Its address is
/// kept over stop and start.
/// </summary>
public sealed class DbusDaemon : IAsyncDisposable
{
    private readonly string program;
    private readonly string folder;
    private ServerProcess? process;

    private DbusDaemon(string folder)
    {
        program = Require.Program("dbus-daemon");
        this.folder = folder;
        Directory.CreateDirectory(folder);
        File.WriteAllText(ConfigurationFile, Configuration());
    }

    /// <summary>The bus's address, as programs take it.</summary>
    public string Address => "unix:path=" + SocketFile;

    private string SocketFile => Path.Combine(folder, "bus");

    private string ConfigurationFile => Path.Combine(folder, "bus.conf");

    /// <param name="folder">Made where it is not there; its path must be short enough for a socket (107 bytes).</param>
    public static async Task<DbusDaemon> StartAsync(string folder)
    {
        var daemon = new DbusDaemon(folder);
        await daemon.StartAsync();
        return daemon;
    }

    public async Task StartAsync()
    {
        File.Delete(SocketFile);
        process = ServerProcess.Start(new(
            "dbus-daemon", program, ["--nofork", "--nopidfile", "--nosyslog", "--config-file=" + ConfigurationFile], Path.Combine(folder, "dbus-daemon.log")));
        await process.WaitForAsync(AnswersAsync, TimeSpan.FromSeconds(10));
    }

    public async Task StopAsync()
    {
        await process!.StopAsync(TimeSpan.FromSeconds(5));
        await process.DisposeAsync();
        process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
        }
    }

    private async Task<bool> AnswersAsync(CancellationToken late)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await probe.ConnectAsync(new UnixDomainSocketEndPoint(SocketFile), late);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private string Configuration() => $"""
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>system</type>
          <listen>{Address}</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/>
            <allow own="*"/>
            <allow send_type="method_call"/>
            <allow send_type="signal"/>
            <allow send_requested_reply="true" send_type="method_return"/>
            <allow send_requested_reply="true" send_type="error"/>
            <allow receive_type="method_call"/>
            <allow receive_type="signal"/>
            <allow receive_type="method_return"/>
            <allow receive_type="error"/>
          </policy>
        </busconfig>
        """;
}
