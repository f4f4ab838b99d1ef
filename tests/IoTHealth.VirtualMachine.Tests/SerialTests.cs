using System.Diagnostics;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>Serial lines with the kernel's real drivers: a 16550 and USB adapters that are pulled out.</summary>
public sealed class SerialTests(SerialTests.Guest guest) : IClassFixture<SerialTests.Guest>
{
    private const int Records = 240;
    private const int Baud = 115_200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_meter_s_memory_comes_complete_over_a_real_16550()
    {
        await using var meter = await SimulatedMeter.StartAsync(guest.Machine.Out, "C-0001", Records, Baud, guest.Uart);
        await guest.Edge.LogsAsync("(/dev/ttyS1): connected");
        using var timed = new Timed("serial", "16550, upload");
        await meter.Cable.PlugInAsync();
        await meter.UploadedAsync(Patience);
        await AssertStoredOnceAsync(meter, "C-0001");
    }

    [Fact]
    public async Task A_meter_pulled_out_with_its_adapter_in_mid_upload_ends_complete()
    {
        await using var meter = await SimulatedMeter.StartAsync(guest.Machine.Out, "C-0002", Records, Baud, guest.UsbMeter);
        var adapter = new UsbAdapter(guest.Machine, guest.UsbMeter);
        using var timed = new Timed("serial", "USB, upload with a pull");
        await adapter.PlugInAsync();
        await guest.Edge.LogsAsync("(0403:6001:meter): connected");
        await meter.Cable.PlugInAsync();
        await Eventually.HoldsAsync("half of the memory is acknowledged", () => meter.Account.Acknowledged >= Records / 2, Patience);
        meter.Cable.PullOut();
        await adapter.PullOutAsync();
        await guest.Edge.LogsAsync("(0403:6001:meter): the line ");
        Assert.InRange(meter.Account.Acknowledged, Records / 2, Records - 1);

        await adapter.PlugInAsync();
        await guest.Edge.LogsAsync("(0403:6001:meter): connected", times: 2);
        await meter.Cable.PlugInAsync();
        await meter.UploadedAsync(Patience);
        Assert.InRange(meter.Account.Acknowledged, Records + (Records / 2), 3 * Records);
        await AssertStoredOnceAsync(meter, "C-0002");
    }

    [Fact]
    public async Task A_write_under_way_ends_within_a_second_of_the_adapter_s_removal()
    {
        var adapter = new UsbAdapter(guest.Machine, guest.UsbWriter);
        await adapter.PlugInAsync();
        await guest.Machine.RunAsync("i=0; until grep -qs writer /sys/bus/usb/devices/*/serial && ls /dev/ttyUSB*; do usleep 50000; i=$((i+1)); [ $i -lt 200 ] || exit 1; done");
        await guest.Machine.RunAsync($"{BuiltPrograms.InGuest("IoTHealth.Guest")} write 0403:6001:writer >/out/writer.out 2>&1 &");
        await SaysAsync("writing");
        var pulled = Stopwatch.GetTimestamp();
        await adapter.PullOutAsync();
        var said = await SaysAsync("closed after");
        var took = Stopwatch.GetElapsedTime(pulled);
        Timed.Tell("serial", "removal to the end of the write", took);
        Assert.Contains("ended: the line", said, StringComparison.Ordinal);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private Task<string> SaysAsync(string text) => Eventually.SeesAsync(
        $"the writer says '{text}'",
        _ => File.ReadAllTextAsync(Path.Combine(guest.Machine.Out, "writer.out"), CancellationToken.None),
        said => said.Contains(text, StringComparison.Ordinal),
        Patience);

    private async Task AssertStoredOnceAsync(SimulatedMeter meter, string serial) =>
        meter.Account.AssertStoredOnce(await guest.Edge.JournalAsync(DeviceId.FromSerial("Ascensia", "Contour", serial)));

    /// <summary>One machine and one gateway for all of them.</summary>
    public sealed class Guest : IAsyncLifetime
    {
        private readonly TestFolder folder = new("vm");
        private Machine? machine;

        internal Machine Machine => machine!;

        internal GuestEdge Edge { get; private set; } = null!;

        internal LineEnd Uart => new("uart", folder.File("uart.sock"));

        internal LineEnd UsbMeter => new("meter", folder.File("meter.sock"));

        internal LineEnd UsbWriter => new("writer", folder.File("writer.sock"));

        public async ValueTask InitializeAsync()
        {
            machine = await Machine.StartAsync(
                new MachineSettings(folder.Path, BuiltPrograms.Folder) { SerialLines = [Uart], UsbAdapters = [UsbMeter, UsbWriter] },
                Patience);
            Timed.Tell("serial", "guest up", machine.Boot);
            await machine.RunAsync("load-modules usb-serial");
            using var timed = new Timed("serial", "gateway up");
            Edge = await GuestEdge.StartAsync(machine, Meter("C-0001", "path: /dev/ttyS1") + Meter("C-0002", "usb: \"0403:6001:meter\""));
        }

        public async ValueTask DisposeAsync()
        {
            await (machine?.DisposeAsync() ?? ValueTask.CompletedTask);
            folder.DisposeUnlessKept();
        }

        private static string Meter(string serial, string line) => $$"""
              - key: meter-{{serial}}
                profile: contour-meter
                maker: Ascensia
                model: Contour
                serial: {{serial}}
                place: 101-A
                line: { {{line}}, baud: {{Baud}} }

            """;
    }
}
