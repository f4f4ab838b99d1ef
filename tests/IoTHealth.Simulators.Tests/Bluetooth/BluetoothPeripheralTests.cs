using IoTHealth.Links.DBus;
using IoTHealth.Simulators.Tests.Support;
using IoTHealth.Testing;
using TestFolder = IoTHealth.Simulators.Tests.Support.TestFolder;

namespace IoTHealth.Simulators.Tests.Bluetooth;

/// <summary>What a real BlueZ would be shown and told; BlueZ itself is met in the virtual machine.</summary>
public sealed class BluetoothPeripheralTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly Dictionary<string, object> NoOptions = [];
    private readonly TestFolder _folder = new();
    private DbusDaemon _daemon = null!;

    public async ValueTask InitializeAsync() => _daemon = await DbusDaemon.StartAsync(_folder["dbus"]);

    public async ValueTask DisposeAsync()
    {
        await _daemon.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_meter_registers_is_read_out_and_hangs_up()
    {
        await using var bluez = await ScriptedBluez.StartAsync(_daemon.Address);
        await using var meter = Start("glucose-meter", "G-0001", "--records", "20", "--rest", "100ms");
        Assert.Equal("00:AA:01:00:00:01", await meter.ReadyAsync());
        await bluez.HearsAsync("RegisterAdvertisement");
        Assert.True(bluez.IsReady);
        Assert.Equal(["RegisterAgent", "RegisterApplication", "RequestDefaultAgent", "RegisterAdvertisement"], bluez.Called);
        Assert.Equal(["notify", "encrypt-notify"], bluez.Flags(0x2A18));
        Assert.Equal(["write", "indicate", "encrypt-write", "encrypt-indicate"], bluez.Flags(0x2A52));
        Assert.Equal(["read"], bluez.Flags(0x2A25));

        bluez.HasCentral = true;
        await bluez.HearsAsync("UnregisterAdvertisement");
        var refused = await Assert.ThrowsAsync<BusException>(() => AskAsync(bluez, 1, 1));
        Assert.Equal(("org.bluez.Error.Failed", "0x81"), (refused.Name, refused.Message.Split(' ')[^1]));
        await bluez.CallAsync(0x2A18, "StartNotify");
        await bluez.CallAsync(0x2A52, "StartNotify");
        await AskAsync(bluez, 1, 1);
        await Eventually.HoldsAsync("the response", () => bluez.Values(0x2A52).Length == 1, Patience);
        Assert.Equal(["06000101"], bluez.Values(0x2A52));
        Assert.Equal(Enumerable.Range(1, 20), bluez.Values(0x2A18).Select(record => Convert.ToInt32(record[2..4], 16)));
        await bluez.HearsAsync("Disconnect");
        await Eventually.HoldsAsync("to be there again", () => bluez.Called.Count(member => member == "RegisterAdvertisement") == 2, Patience);
        Assert.Equal(20, SentLines.Of(_folder["out/G-0001.meter.jsonl"]).Count(line => line.GetProperty("event").GetString() == "acked"));
        Assert.Equal(0, await meter.StopAsync());
    }

    [Fact]
    public async Task A_cuff_registers_again_when_bluetoothd_was_restarted_and_indicates_then()
    {
        RunningCommand cuff;
        await using (var before = await ScriptedBluez.StartAsync(_daemon.Address))
        {
            cuff = Start("blood-pressure-cuff", "B-0001", "--every", "1h", "--open");
            await before.HearsAsync("RegisterAdvertisement");
            Assert.Equal(["indicate"], before.Flags(0x2A35));
            before.HasCentral = true;
            await before.HearsAsync("UnregisterAdvertisement");
        }

        await using var running = cuff;
        await using var bluez = await ScriptedBluez.StartAsync(_daemon.Address);
        await bluez.HearsAsync("RegisterAdvertisement");
        bluez.HasCentral = true;
        await bluez.CallAsync(0x2A35, "StartNotify");
        await Eventually.HoldsAsync("both measurements", () => bluez.Values(0x2A35).Length == 2, Patience);
        Assert.Equal(2, SentLines.Of(_folder["out/B-0001.device.jsonl"]).Count(line => line.GetProperty("event").GetString() == "sent"));
    }

    private static Task AskAsync(ScriptedBluez bluez, params byte[] request) => bluez.CallAsync(0x2A52, "WriteValue", "aya{sv}", request, NoOptions);

    private RunningCommand Start(string device, string serial, params string[] more) => RunningCommand.Start(
        ["bluetooth-peripheral", "--bus", _daemon.Address, "--adapter", "hci1", "--device", device, "--serial", serial, "--out", _folder["out"], .. more]);
}
