using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>A Bluetooth LE device of the simulators, in a guest, on a controller of its own.</summary>
internal sealed class SimulatedPeripheral(Machine machine, string adapter, string device, string serial, string options) : IAsyncDisposable
{
    /// <summary>Starts it, or starts it again; it is on the air somewhat later.</summary>
    public Task StartAsync() => machine.RunAsync(
        $"{BuiltPrograms.InGuest("IoTHealth.Simulators")} bluetooth-peripheral --adapter {adapter} --device {device} --serial {serial} --out /out {options} "
        + $">>/out/{serial}.out 2>>/out/{serial}.log & echo $! >/run/{serial}.pid");

    /// <summary>Ends it at once, and its radio with it, as if it had run out of power.</summary>
    public Task VanishAsync() => machine.RunAsync(
        $"kill -9 $(cat /run/{serial}.pid); dbus-send --system --print-reply --dest=org.bluez /org/bluez/{adapter} "
        + "org.freedesktop.DBus.Properties.Set string:org.bluez.Adapter1 string:Powered variant:boolean:false");

    public ValueTask DisposeAsync() => new(VanishAsync());
}
