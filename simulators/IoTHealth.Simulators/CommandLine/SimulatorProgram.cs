using System.CommandLine;
using System.CommandLine.Invocation;
using IoTHealth.Simulators.BedsideTransmitter;
using IoTHealth.Simulators.Bluetooth;
using IoTHealth.Simulators.Counting;
using IoTHealth.Simulators.Fhir;
using IoTHealth.Simulators.GlucoseMeter;
using IoTHealth.Simulators.Replay;
using IoTHealth.Simulators.WatchOverRobot;
using IoTHealth.Simulators.Webhook;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>The command line of all simulators; one line here for each.</summary>
public static class SimulatorProgram
{
    /// <summary>Runs one command to its end. SIGTERM and Ctrl-C end it in good order.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(
        IReadOnlyList<string> args, TimeProvider clock, TextWriter output, TextWriter error, CancellationToken stop = default)
    {
        var parsed = Commands(clock).Parse(args);
        if (parsed.Action is ParseErrorAction)
        {
            return await RefuseAsync(error, string.Join(Environment.NewLine, parsed.Errors.Select(e => e.Message)) + " (see --help)");
        }

        try
        {
            return await parsed.InvokeAsync(Invocation(output, error), stop);
        }
        catch (Exception refused) when (refused is UsageException or IOException)
        {
            return await RefuseAsync(error, refused.Message);
        }
    }

    private static RootCommand Commands(TimeProvider clock) => new("Simulated devices, residents and platform receivers for IoTHealth.")
    {
        WatchOverRobotCommand.Create(clock),
        GlucoseMeterCommand.Create(clock),
        BluetoothDevicesCommand.Create(clock),
        BluetoothPeripheralCommand.Create(clock),
        BedsideTransmitterCommand.Create(clock),
        FhirReceiverCommand.Create(clock),
        WebhookReceiverCommand.Create(clock),
        ReplayCommand.Create(clock),
        ReportCommand.Create(),
    };

    // The commands bound their own endings (--drain); the library's two seconds would cut a drain short.
    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new()
    {
        EnableDefaultExceptionHandler = false,
        ProcessTerminationTimeout = TimeSpan.FromDays(1),
        Output = output,
        Error = error,
    };

    private static async Task<int> RefuseAsync(TextWriter error, string message)
    {
        await error.WriteLineAsync(message);
        return ExitCode.BadUsage;
    }
}
