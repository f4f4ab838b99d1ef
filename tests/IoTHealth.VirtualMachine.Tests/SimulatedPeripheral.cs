using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>A Bluetooth LE device of the simulators, in a guest, on a controller of its own.</summary>
internal sealed class SimulatedPeripheral(Machine machine, string adapter, string device, string serial, string options)
{
    /// <summary>Starts it, or starts it again; it is on the air somewhat later.</summary>
    public Task StartAsync() => machine.RunAsync(
        $"{BuiltPrograms.InGuest("IoTHealth.Simulators")} bluetooth-peripheral --adapter {adapter} --device {device} --serial {serial} --out /out {options} "
        + $">>/out/{serial}.out 2>>/out/{serial}.log & echo $! >/run/{serial}.pid");

    /// <summary>Ends it at once, as if it had run out of power.</summary>
    public Task KillAsync() => machine.RunAsync($"kill -9 $(cat /run/{serial}.pid)");
}
