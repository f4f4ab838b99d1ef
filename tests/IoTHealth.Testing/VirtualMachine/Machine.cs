using System.Diagnostics;

namespace IoTHealth.Testing.VirtualMachine;

/// <summary>
/// A virtual machine on QEMU with software emulation (no KVM is needed): a Linux with real drivers, for links this machine has
/// no hardware of. The built programs lie under <c>/app</c>, .NET under <c>/dotnet</c> (both read-only), and <c>/out</c> is
/// <see cref="Out"/>. It has no network.
/// </summary>
public sealed class Machine : IAsyncDisposable
{
    private const string Arguments = "console=ttyS0 quiet panic=-1 mitigations=off nokaslr cryptomgr.notests";

    private readonly ServerProcess process;
    private readonly GuestShell shell;

    private Machine(ServerProcess process, GuestShell shell, MachineMonitor monitor, string folder, TimeSpan boot)
    {
        (this.process, this.shell, Monitor, Boot) = (process, shell, monitor, boot);
        Out = Path.Combine(folder, "out");
        Console = Path.Combine(folder, "console.log");
    }

    /// <summary>The folder that the guest sees as <c>/out</c>.</summary>
    public string Out { get; }

    /// <summary>File of what the guest's kernel and first process print.</summary>
    public string Console { get; }

    /// <summary>From QEMU's start until the guest took commands.</summary>
    public TimeSpan Boot { get; }

    /// <summary>QEMU's own control.</summary>
    public MachineMonitor Monitor { get; }

    /// <summary>Boots a guest and returns once it takes commands.</summary>
    /// <exception cref="InvalidOperationException">It did not come up; without QEMU or a package the test is skipped.</exception>
    public static async Task<Machine> StartAsync(MachineSettings settings, TimeSpan timeout)
    {
        var qemu = Require.Program("qemu-system-x86_64");
        var image = await GuestImage.PrepareAsync();
        Directory.CreateDirectory(Path.Combine(settings.Folder, "out"));
        var begun = Stopwatch.GetTimestamp();
        var process = ServerProcess.Start(new("qemu", qemu, CommandLine(image, settings), Path.Combine(settings.Folder, "qemu.log")));
        GuestShell? shell = null;
        try
        {
            // QEMU begins once the control line is connected.
            shell = await GuestShell.ConnectAsync(ControlSocket(settings), process, timeout);
            var monitor = await MachineMonitor.ConnectAsync(MonitorSocket(settings));
            await shell.UpAsync(timeout);
            return new Machine(process, shell, monitor, settings.Folder, Stopwatch.GetElapsedTime(begun));
        }
        catch (Exception e)
        {
            shell?.Dispose();
            await process.DisposeAsync();
            var console = Path.Combine(settings.Folder, "console.log");
            throw new InvalidOperationException($"the guest did not come up: {e.Message}\n{process.Output}\n{Tail(console)}", e);
        }
    }

    /// <summary>Runs a command in the guest's shell and returns what it printed. What stays behind with &amp; must not hold its output.</summary>
    /// <exception cref="IOException">Its exit code was not 0; the message has what it printed.</exception>
    /// <exception cref="TimeoutException">It did not end in time; the machine is of no further use.</exception>
    public Task<string> RunAsync(string command, TimeSpan? timeout = null) => shell.RunAsync(command, timeout ?? TimeSpan.FromSeconds(30));

    /// <summary>The last lines of the guest's console, for messages of failure.</summary>
    public string ConsoleTail() => Tail(Console);

    /// <summary>Pulls the power plug.</summary>
    public async ValueTask DisposeAsync()
    {
        shell.Dispose();
        Monitor.Dispose();
        await process.DisposeAsync();
    }

    private static string ControlSocket(MachineSettings settings) => Path.Combine(settings.Folder, "control.sock");

    private static string MonitorSocket(MachineSettings settings) => Path.Combine(settings.Folder, "monitor.sock");

    private static List<string> CommandLine(GuestImage image, MachineSettings settings) =>
    [
        "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "1024", "-nodefaults", "-no-user-config", "-no-reboot", "-display", "none",
        "-kernel", image.Kernel, "-initrd", image.FileSystem, "-append", Arguments,
        "-serial", $"file:{Path.Combine(settings.Folder, "console.log")}",
        "-qmp", $"unix:{MonitorSocket(settings)},server=on,wait=off",
        "-device", "virtio-serial-pci",
        "-chardev", $"socket,id=control,path={ControlSocket(settings)},server=on,wait=on",
        "-device", "virtserialport,chardev=control,name=control",
        .. Share("app", settings.Programs, isReadOnly: true),
        .. Share("dotnet", DotnetFolder(), isReadOnly: true),
        .. Share("out", Path.Combine(settings.Folder, "out"), isReadOnly: false),
        .. settings.SerialLines.SelectMany(line => new[] { "-chardev", Listening(line), "-serial", $"chardev:{line.Name}" }),
        .. settings.UsbAdapters.SelectMany(adapter => new[] { "-chardev", Listening(adapter) }),
        .. settings.UsbAdapters.Count > 0 ? new[] { "-device", "qemu-xhci" } : [],
    ];

    private static string Listening(LineEnd line) => $"socket,id={line.Name},path={line.Socket},server=on,wait=off";

    private static string[] Share(string tag, string folder, bool isReadOnly) =>
    [
        "-fsdev", $"local,id={tag},path={folder},security_model=none,readonly={(isReadOnly ? "on" : "off")}",
        "-device", $"virtio-9p-pci,fsdev={tag},mount_tag={tag}",
    ];

    // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
    private static string DotnetFolder() => Path.GetFullPath(Path.Combine(typeof(object).Assembly.Location, "../../../.."));

    private static string Tail(string console) =>
        File.Exists(console) ? string.Join('\n', File.ReadAllLines(console).TakeLast(20)) : "the guest printed nothing";
}
