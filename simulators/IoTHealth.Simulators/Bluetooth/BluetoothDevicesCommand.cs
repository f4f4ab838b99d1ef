using System.CommandLine;
using IoTHealth.Simulators.Bluetooth.Bluez;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary><c>bluetooth-devices</c>: cuffs and meters behind a BlueZ that is played on a private bus.</summary>
internal static class BluetoothDevicesCommand
{
    private static readonly Option<string> Bus = Options.Text("--bus", "Address of a private D-Bus daemon, unix:path=…, on which nobody owns org.bluez.");
    private static readonly Option<FileInfo> Devices = Options.File("--devices", "JSON list of {kind, serial, address, passkey, records, pairing}; kind is blood-pressure-cuff or glucose-meter.");
    private static readonly Option<int> Adapters = Options.Whole("--adapters", "Controllers: hci0, hci1, ….", 1, 1, 8);
    private static readonly BluetoothOptions Behaviour = new();

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("bluetooth-devices", "Blood pressure cuffs and glucose meters with Bluetooth LE, behind a BlueZ played on a private D-Bus.") { Bus, Devices, Adapters };
        Behaviour.AddTo(command);
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        var address = parsed.GetRequiredValue(Bus);
        using var devices = Behaviour.Make(parsed, BluetoothDevice.ReadAll(parsed.GetRequiredValue(Devices).FullName), clock);
        await using var bluez = await MockBluez.OpenAsync(address, parsed.GetValue(Adapters), clock, stop);
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"READY bus={address}");
        await output.FlushAsync(stop);
        await Behaviour.RunAsync(parsed, either => bluez.RunAsync(devices.Devices, either), clock, stop);
        return ExitCode.Success;
    }
}
