using IoTHealth.Measurements;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>
/// The gateway over the kernel's Bluetooth stack and BlueZ: three virtual controllers in one ether, the gateway on the first, a
/// cuff and a glucose meter on the others.
/// </summary>
public sealed class BluetoothTests(BluetoothTests.Guest guest) : IClassFixture<BluetoothTests.Guest>
{
    private const int Records = 120;

    // BlueZ confirms an indication before the gateway has it; a session of the cuff is two.
    private const int MostLost = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(180);

    [Fact]
    public async Task A_cuff_s_indications_arrive_also_after_bluetoothd_was_restarted()
    {
        var cuff = DeviceId.FromSerial("IoTHealth", "Cuff-1", "B-0001");
        var account = new CuffAccount(guest.Machine.Out, "B-0001");
        await using var device = new SimulatedPeripheral(guest.Machine, "hci1", "blood-pressure-cuff", "B-0001", "--every 4s");
        await device.StartAsync();
        await HasSentAsync(account, 2, "cuff's program to its first indications");
        await guest.Edge.JournalAsync(cuff, atLeast: 2);

        await guest.Machine.RunAsync("stop-bluetoothd && start-bluetoothd");
        var sent = account.Sent + 4;
        await HasSentAsync(account, sent, "bluetoothd's restart to further indications");
        account.AssertStored(await guest.Edge.JournalAsync(cuff, atLeast: sent - MostLost), first: sent, MostLost);
    }

    [Fact]
    public async Task A_meter_that_vanishes_in_mid_read_out_ends_complete()
    {
        var account = new MeterAccount(guest.Machine.Out, "G-0001");
        await using var device = new SimulatedPeripheral(
            guest.Machine, "hci2", "glucose-meter", "G-0001", $"--records {Records} --now 2026-11-23T12:00 --pace 20ms --rest 1s");
        using (new Timed("Bluetooth", "meter's program to a third of its memory"))
        {
            await device.StartAsync();
            await Eventually.HoldsAsync("a third of the memory is read", () => account.Acknowledged >= Records / 3, Patience);
        }

        await device.VanishAsync();
        Assert.InRange(account.Acknowledged, Records / 3, Records - 1);
        Assert.Equal(0, account.Uploads);

        using var timed = new Timed("Bluetooth", "meter's program again to the end of its memory");
        await device.StartAsync();
        await Eventually.HoldsAsync("the memory is read to its end", () => account.Uploads > 0, Patience);
        account.AssertStoredOnce(await guest.Edge.JournalAsync(DeviceId.FromSerial("IoTHealth", "Glucose-1", "G-0001"), account.Results.Count));
    }

    private static async Task HasSentAsync(CuffAccount account, int count, string what)
    {
        using var timed = new Timed("Bluetooth", what);
        await Eventually.SeesAsync(
            $"the cuff has sent {count} measurements", _ => Task.FromResult(account.Sent), sent => sent >= count, Patience);
    }

    /// <summary>One machine and one gateway for all of them.</summary>
    public sealed class Guest : IAsyncLifetime
    {
        private readonly TestFolder folder = new("vm");
        private Machine? machine;

        internal Machine Machine => machine!;

        internal GuestEdge Edge { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            machine = await Machine.StartAsync(new MachineSettings(folder.Path, BuiltPrograms.Folder), Patience);
            Timed.Tell("Bluetooth", "guest up", machine.Boot);
            IReadOnlyDictionary<string, string> said;
            using (new Timed("Bluetooth", "controllers and bluetoothd up"))
            {
                said = Pairs(await machine.RunAsync("start-bluetooth", Patience));
            }

            using var timed = new Timed("Bluetooth", "gateway up");
            Edge = await GuestEdge.StartAsync(
                machine,
                Device("blood-pressure-cuff", "Cuff-1", "B-0001", said["hci1"]) + Device("glucose-meter-ble", "Glucose-1", "G-0001", said["hci2"]));
        }

        public async ValueTask DisposeAsync()
        {
            await (machine?.DisposeAsync() ?? ValueTask.CompletedTask);
            folder.DisposeUnlessKept();
        }

        private static Dictionary<string, string> Pairs(string said) =>
            said.Split('\n').Select(line => line.Split(' ', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1], StringComparer.Ordinal);

        private static string Device(string profile, string model, string serial, string address) => $$"""
              - key: {{serial}}
                profile: {{profile}}
                maker: IoTHealth
                model: {{model}}
                serial: {{serial}}
                place: 101-A
                radio: { address: "{{address}}", adapter: hci0 }

            """;
    }
}
