namespace IoTHealth.Testing.VirtualMachine;

/// <summary>How a machine is built.</summary>
/// <param name="Folder">Its sockets, logs and shared folder lie here; short, for a socket's path has at most 107 bytes.</param>
/// <param name="Programs">The folder of built programs (<c>artifacts/bin</c>).</param>
public sealed record MachineSettings(string Folder, string Programs)
{
    /// <summary>Real serial ports (16550): the first is <c>/dev/ttyS1</c>. At most three.</summary>
    public IReadOnlyList<LineEnd> SerialLines { get; init; } = [];

    /// <summary>Lines behind USB adapters; an adapter is there once <see cref="UsbAdapter.PlugInAsync"/> put it in.</summary>
    public IReadOnlyList<LineEnd> UsbAdapters { get; init; } = [];
}

/// <summary>The end of a serial line that leaves the machine.</summary>
/// <param name="Socket">Path of the unix socket on which QEMU passes its bytes.</param>
public sealed record LineEnd(string Name, string Socket);
