using System.Diagnostics;
using System.Globalization;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>Serial lines with the kernel's real drivers: a 16550 and USB adapters that are pulled out.</summary>
public sealed class SerialTests(SerialTests.Guest guest, ITestOutputHelper output) : IClassFixture<SerialTests.Guest>
{
    private const int Records = 240;
    private const int Baud = 115_200;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    [Fact]
    public async Task A_meter_s_memory_comes_complete_over_a_real_16550()
    {
        var edge = await GuestEdge.StartAsync(guest.Machine, "uart", Meter("C-0001", "path: /dev/ttyS1"));
        await using var meter = await SimulatedMeter.StartAsync(guest.Machine.Out, "C-0001", Records, Baud, guest.Uart);
        await edge.LogsAsync("(/dev/ttyS1): connected");
        var begun = Stopwatch.GetTimestamp();
        await meter.Cable.PlugInAsync();
        await meter.UploadedAsync(Patience);
        output.WriteLine($"upload {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s");
        AssertStoredOnce(meter, await edge.StopAsync());
    }

    [Fact]
    public async Task A_meter_pulled_out_with_its_adapter_in_mid_upload_ends_complete()
    {
        var edge = await GuestEdge.StartAsync(guest.Machine, "usb", Meter("C-0002", "usb: \"0403:6001:meter\""));
        await using var meter = await SimulatedMeter.StartAsync(guest.Machine.Out, "C-0002", Records, Baud, guest.UsbMeter);
        var adapter = new UsbAdapter(guest.Machine, guest.UsbMeter);
        await adapter.PlugInAsync();
        await edge.LogsAsync("(0403:6001:meter): connected");
        await meter.Cable.PlugInAsync();
        await Eventually.HoldsAsync("half of the memory is acknowledged", () => meter.Acknowledged >= Records / 2, Patience);
        meter.Cable.PullOut();
        await adapter.PullOutAsync();
        await edge.LogsAsync("(0403:6001:meter): no serial adapter 0403:6001:meter is plugged in", times: 2);
        Assert.InRange(meter.Acknowledged, Records / 2, Records - 1);

        await adapter.PlugInAsync();
        await edge.LogsAsync("(0403:6001:meter): connected", times: 2);
        await meter.Cable.PlugInAsync();
        await meter.UploadedAsync(Patience);
        Assert.InRange(meter.Acknowledged, Records + (Records / 2), 3 * Records);
        AssertStoredOnce(meter, await edge.StopAsync());
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
        output.WriteLine($"{said.ReplaceLineEndings("; ")} {took.TotalMilliseconds:0} ms from QEMU's command to here");
        Assert.Contains("ended: the line", said, StringComparison.Ordinal);
        Assert.InRange(took, TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    private Task<string> SaysAsync(string text) => Eventually.SeesAsync(
        $"the writer says '{text}'",
        _ => File.ReadAllTextAsync(Path.Combine(guest.Machine.Out, "writer.out"), CancellationToken.None),
        said => said.Contains(text, StringComparison.Ordinal),
        Patience);

    private static string Meter(string serial, string line) => $$"""
          - key: meter
            profile: contour-meter
            maker: Ascensia
            model: Contour
            serial: {{serial}}
            place: 101-A
            line: { {{line}}, baud: {{Baud}} }
        """;

    private static void AssertStoredOnce(SimulatedMeter meter, IReadOnlyList<Measurement> stored)
    {
        Assert.NotEmpty(meter.Results);
        Assert.Equal(meter.Results.Order(StringComparer.Ordinal), stored.Select(Text).Order(StringComparer.Ordinal));
    }

    private static string Text(Measurement measurement)
    {
        var value = Assert.IsType<MeasuredValue.Quantity>(Assert.Single(measurement.Components).Value);
        return string.Create(CultureInfo.InvariantCulture, $"{measurement.Time.Device!.Wall:yyyy-MM-dd'T'HH:mm:ss} {value.Comparator}{value.Number} {value.Unit}");
    }

    /// <summary>One machine for all of them.</summary>
    public sealed class Guest : IAsyncLifetime
    {
        private readonly TestFolder folder = new("vm");
        private Machine? machine;

        internal Machine Machine => machine!;

        internal LineEnd Uart => new("uart", folder.File("uart.sock"));

        internal LineEnd UsbMeter => new("meter", folder.File("meter.sock"));

        internal LineEnd UsbWriter => new("writer", folder.File("writer.sock"));

        public async ValueTask InitializeAsync()
        {
            machine = await Machine.StartAsync(
                new MachineSettings(folder.Path, BuiltPrograms.Folder) { SerialLines = [Uart], UsbAdapters = [UsbMeter, UsbWriter] },
                Patience);
            await machine.RunAsync("load-modules usb-serial");
            TestContext.Current.SendDiagnosticMessage($"guest up after {machine.Boot.TotalSeconds:0.0} s");
        }

        public async ValueTask DisposeAsync()
        {
            await (machine?.DisposeAsync() ?? ValueTask.CompletedTask);
            if (Environment.GetEnvironmentVariable("IOTHEALTH_KEEP") is null)
            {
                folder.Dispose();
            }
        }
    }
}
