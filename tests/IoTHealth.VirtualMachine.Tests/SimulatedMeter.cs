using System.Globalization;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>The glucose meter of the simulators, on this machine, its cable leading into a guest.</summary>
internal sealed class SimulatedMeter : IAsyncDisposable
{
    private readonly ServerProcess process;

    private SimulatedMeter(ServerProcess process, SerialCable cable, MeterAccount account) =>
        (this.process, Cable, Account) = (process, cable, account);

    public SerialCable Cable { get; }

    public MeterAccount Account { get; }

    /// <summary>Starts a meter with a memory; it tries to upload until it is heard.</summary>
    public static async Task<SimulatedMeter> StartAsync(string folder, string serial, int records, int baud, LineEnd line)
    {
        var process = ServerProcess.Start(new(
            "glucose-meter",
            BuiltPrograms.OnHost("IoTHealth.Simulators"),
            [
                "glucose-meter", "--serial", serial, "--records", records.ToString(CultureInfo.InvariantCulture), "--now", "2026-11-23T12:00",
                "--baud", baud.ToString(CultureInfo.InvariantCulture), "--answer-within", "1s", "--rest", "500ms", "--attach", "header", "--out", folder,
            ],
            Path.Combine(folder, serial + ".log")));
        var ready = await process.ReadyAsync(TimeSpan.FromSeconds(20));
        return new SimulatedMeter(process, new SerialCable(ready["serial"], line), new MeterAccount(folder, serial));
    }

    /// <summary>Waits until it has brought one upload to its end.</summary>
    public async Task UploadedAsync(TimeSpan timeout)
    {
        await Eventually.HoldsAsync($"the upload's end ({process.Output})", () => process.HasExited, timeout);
        Assert.Equal(0, process.ExitCode);
    }

    public async ValueTask DisposeAsync()
    {
        await process.DisposeAsync();
        Cable.Dispose();
    }
}
