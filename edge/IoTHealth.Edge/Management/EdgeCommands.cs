using System.CommandLine;
using IoTHealth.Edge.Management.Commands;

namespace IoTHealth.Edge.Management;

/// <summary>The gateway's command line. Exit codes: 0 success, 1 a failed check, 2 bad usage or configuration.</summary>
public static class EdgeCommands
{
    /// <param name="adjust">Lets tests replace parts of the gateway that <c>run</c> starts.</param>
    public static RootCommand Root(Action<IServiceCollection>? adjust = null)
    {
        var root = new RootCommand(
            "IoTHealth edge gateway: reads care robots and medical devices, raises alarms, forwards to the cloud.\n" +
            "Exit codes: 0 success, 1 a failed check or a refusal, 2 bad usage or configuration.");
        root.Subcommands.Add(RunCommand.Create(adjust));
        root.Subcommands.Add(CheckCommand.Create());
        root.Subcommands.Add(DevicesCommand.Create());
        root.Subcommands.Add(PairCommand.Create());
        root.Subcommands.Add(LedgerCommand.Create());
        root.Subcommands.Add(ReplayCommand.Create());
        root.Subcommands.Add(QuarantineCommand.Create());
        root.Subcommands.Add(ExplainCommand.Create());
        root.Subcommands.Add(ExportDiagnosticsCommand.Create());
        root.Subcommands.Add(HashPasswordCommand.Create());
        root.Subcommands.Add(RotateKeyCommand.Create());
        return root;
    }

    /// <summary>Runs a command line; bad usage is exit code 2.</summary>
    public static async Task<int> RunAsync(RootCommand root, string[] args)
    {
        var given = root.Parse(args);
        if (given.Errors.Count == 0)
        {
            return await given.InvokeAsync();
        }

        foreach (var error in given.Errors)
        {
            await Console.Error.WriteLineAsync(error.Message);
        }

        await Console.Error.WriteLineAsync("See --help.");
        return Invocation.BadUsage;
    }
}
