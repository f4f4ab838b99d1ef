using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace IoTHealth.Testing.Faults;

/// <summary>
/// Another machine as far as the network goes: a namespace of its own, one cable (veth) to this one. The cable can be pulled and
/// put in. Needs root.
/// </summary>
public sealed class NetworkNamespace : IAsyncDisposable
{
    private const int Networks = 64;
    private const int AnyKind = 0;

    private readonly string name;
    private readonly IPAddress here;

    private NetworkNamespace(string name, int network)
    {
        this.name = name;
        here = new IPAddress([10, 213, 77, (byte)(network * 4 + 1)]);
        Address = new IPAddress([10, 213, 77, (byte)(network * 4 + 2)]);
    }

    /// <summary>Its address at the far end of the cable.</summary>
    public IPAddress Address { get; }

    /// <summary>The beginning of a command line that starts a program in there.</summary>
    public IReadOnlyList<string> Prefix => [Require.Program("ip"), "netns", "exec", name];

    private string Cable => name + "a";

    private string FarEnd => name + "b";

    public static async Task<NetworkNamespace> CreateAsync()
    {
        var number = Random.Shared.Next(Networks);
        var space = new NetworkNamespace($"iht{Environment.ProcessId % 1_000_000}", number);
        await MachineCommand.RequireAsync("ip", "netns", "add", space.name);
        try
        {
            await MachineCommand.RunAsync("ip", "link", "add", space.Cable, "type", "veth", "peer", "name", space.FarEnd, "netns", space.name);
            await MachineCommand.RunAsync("ip", "address", "add", $"{space.here}/30", "dev", space.Cable);
            await MachineCommand.RunAsync("ip", "link", "set", space.Cable, "up");
            await space.InsideAsync("address", "add", $"{space.Address}/30", "dev", space.FarEnd);
            await space.InsideAsync("link", "set", "lo", "up");
            await space.HealAsync();
            return space;
        }
        catch
        {
            await space.DisposeAsync();
            throw;
        }
    }

    /// <summary>A TCP socket of that machine: connects to what listens on its loopback, whether the cable is in or not.</summary>
    public Socket OpenSocket()
    {
        // A namespace belongs to a thread, and a socket to the namespace it was made in; the thread ends with its work.
        Socket? made = null;
        var thread = new Thread(() =>
        {
            using var space = File.OpenHandle(Path.Combine("/run/netns", name));
            made = Enter(space, AnyKind) == 0 ? new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) : null;
        });
        thread.Start();
        thread.Join();
        return made ?? throw new IOException($"the network namespace {name} cannot be entered");
    }

    /// <summary>Pulls the cable at the far end: whoever talks hears nothing any more, not even a refusal.</summary>
    public Task CutAsync() => InsideAsync("link", "set", FarEnd, "down");

    public Task HealAsync() => InsideAsync("link", "set", FarEnd, "up");

    // The cable goes with the namespace.
    public async ValueTask DisposeAsync() => await MachineCommand.RunAsync("ip", "netns", "delete", name);

    [DllImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Enter(SafeFileHandle space, int kind);

    private Task InsideAsync(params IReadOnlyList<string> arguments) => MachineCommand.RunAsync("ip", ["-n", name, .. arguments]);
}
