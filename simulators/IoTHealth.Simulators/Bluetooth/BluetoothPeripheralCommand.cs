using System.CommandLine;
using IoTHealth.Simulators.Bluetooth.Bluez;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary><c>bluetooth-peripheral</c>: one device on a controller of its own, by way of a real BlueZ.</summary>
internal static class BluetoothPeripheralCommand
{
    private const string SystemBus = "unix:path=/run/dbus/system_bus_socket";
    private static readonly Option<string> Bus = new("--bus") { Description = "The bus BlueZ is on.", DefaultValueFactory = _ => SystemBus };
    private static readonly Option<string> Adapter = Options.Text("--adapter", "The controller that plays the device: hci1. Its address is the device's.");
    private static readonly Option<string> Device = Options.Text("--device", "What to play: blood-pressure-cuff or glucose-meter.");
    private static readonly Option<string> Serial = Options.Text("--serial", "Serial number.");
    private static readonly Option<int> Records = Options.Whole("--records", "Results in a meter's memory.", BluetoothDevice.StandardRecords, 1, GlucoseMeter.MeterMemory.MostRecords);
    private static readonly Option<bool> Open = new("--open") { Description = "Measurements are for everybody, also unpaired." };
    private static readonly BluetoothOptions Behaviour = new();

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("bluetooth-peripheral", "A Bluetooth LE device on a controller of this machine: BlueZ as peripheral.") { Bus, Adapter, Device, Serial, Records, Open };
        Behaviour.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var logs = StandardErrorLog.Create();
        await using var peripheral = await BluezPeripheral.OpenAsync(
            parsed.GetRequiredValue(Bus), parsed.GetRequiredValue(Adapter), clock, logs.CreateLogger<BluezPeripheral>(), stop);
        var address = await peripheral.AddressAsync(stop);
        var device = BluetoothDevice.Of(
            "--device", parsed.GetRequiredValue(Device), parsed.GetRequiredValue(Serial), address, null, parsed.GetValue(Records), !parsed.GetValue(Open));
        using var made = Behaviour.Make(parsed, [device], clock);
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"READY address={address}");
        await output.FlushAsync(stop);
        await Behaviour.RunAsync(parsed, either => peripheral.RunAsync(made.Devices[0], either), clock, stop);
        return ExitCode.Success;
    }
}
