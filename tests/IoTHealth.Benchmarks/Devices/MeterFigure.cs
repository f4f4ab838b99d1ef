using System.Globalization;
using IoTHealth.Devices;
using IoTHealth.Devices.Glucose;
using IoTHealth.Edge.Intake;
using IoTHealth.Edge.Journal;
using IoTHealth.Links.Serial;
using IoTHealth.Measurements;
using IoTHealth.Testing;

namespace IoTHealth.Benchmarks.Devices;

/// <summary>
/// A Contour meter's memory of 1,000 records, from the simulator over a pseudo-terminal paced like its line into a real journal, each
/// frame acknowledged after it is durable, against the time that the bytes of both ways need on a half-duplex line of that speed.
/// Measured is what the gateway adds to that time, from each frame heard to its answer. The whole time is told beside it; it
/// holds also what the simulated meter's own timers are late by, which no wire is.
/// </summary>
internal static class MeterFigure
{
    private const double Limit = 1.05;
    private const int Records = 1_000;
    private const int BitsPerByte = 10;
    private const string Serial = "C-0001";

    private static readonly TimeSpan StartMaximum = TimeSpan.FromSeconds(20);

    public static async Task<Figure> MeasureAsync(int baud, TimeProvider time, CancellationToken stop)
    {
        using var folder = new TestFolder("benchmark");
        await using var meter = Start(folder, baud);
        var path = (await meter.ReadyAsync(StartMaximum))["serial"];
        await using var journal = SqliteJournal.Open(new JournalOptions { Folder = folder.File("journal") }, "benchmark", time, ClockLog.Create);
        await using var tty = TtyPort.Open(new SerialSettings(path, baud));
        var line = new CountedLine(tty, time);
        var device = new DeviceContext(
            "meter", DeviceId.FromSerial("Ascensia", "Contour", Serial), "", TimeZoneInfo.Utc, "contour-meter/1", Serial);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var reading = new ContourMeterDriver().RunAsync(line, device, new MeasurementIntake(journal, new GatewayClock(time, () => true, default, TimeZoneInfo.Utc), new ClockLog(journal)), ended.Token);
        await meter.ExitAsync();
        await ended.CancelAsync();
        await reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var theoretical = TimeSpan.FromSeconds(line.Bytes * (double)BitsPerByte / baud);
        var measured = theoretical + line.TurnAround;
        var detail = string.Create(
            CultureInfo.InvariantCulture,
            $"{measured.TotalSeconds:F2} s against {theoretical.TotalSeconds:F2} s at {baud} baud ({line.Taken.TotalSeconds:F2} s with the simulator's own delays), {line.Bytes} bytes, {journal.Head} entries in the journal");
        return new Figure($"meter's {Records} records", meter.ExitCode == 0 ? measured / theoretical : double.NaN, Limit, detail);
    }

    private static ServerProcess Start(TestFolder folder, int baud)
    {
        var here = new DirectoryInfo(AppContext.BaseDirectory);
        var program = Path.Combine(here.Parent!.Parent!.FullName, "IoTHealth.Simulators", here.Name, "IoTHealth.Simulators");
        return ServerProcess.Start(new ServerCommand(
            "glucose-meter",
            program,
            [
                "glucose-meter", "--serial", Serial, "--records", Records.ToString(CultureInfo.InvariantCulture), "--now", "2026-11-23T12:00",
                "--baud", baud.ToString(CultureInfo.InvariantCulture), "--rest", "100ms", "--out", folder.Path,
            ],
            folder.File("meter.log")));
    }
}
