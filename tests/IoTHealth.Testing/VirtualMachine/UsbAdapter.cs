namespace IoTHealth.Testing.VirtualMachine;

/// <summary>A USB serial adapter (FTDI, 0403:6001, the line's name as its serial number) that can be put into a machine and pulled out of it.</summary>
/// <param name="line">One of the machine's <see cref="MachineSettings.UsbAdapters"/>.</param>
public sealed class UsbAdapter(Machine machine, LineEnd line)
{
    private string Device => $"usb-{line.Name}";

    public Task PlugInAsync() => machine.Monitor.ExecuteAsync("device_add", new()
    {
        ["driver"] = "usb-serial",
        ["id"] = Device,
        ["chardev"] = line.Name,
        ["serial"] = line.Name,
        ["always-plugged"] = true,
    });

    /// <summary>Returns once it is out; the guest may not have noticed yet.</summary>
    public async Task PullOutAsync()
    {
        await machine.Monitor.ExecuteAsync("device_del", new() { ["id"] = Device });
        await machine.Monitor.DeletedAsync(Device);
    }
}
