namespace IoTHealth.Testing.Faults;

/// <summary>Commands that change the machine: mounts, links.</summary>
internal static class MachineCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Whether they may be given: by root, with the program at hand. Without, the test is skipped and says so.</summary>
    public static string RequireAsRoot(string program) => Environment.IsPrivilegedProcess
        ? Require.Program(program)
        : throw Require.Missing($"only root may use {program}; this test did not run.");

    /// <exception cref="IOException">The command failed; the message is its own.</exception>
    public static async Task RunAsync(string program, params IReadOnlyList<string> arguments)
    {
        var run = await CommandRun.OfAsync(Require.Program(program), arguments, Patience);
        if (run.ExitCode != 0)
        {
            throw new IOException($"{program} {string.Join(' ', arguments)}: exit code {run.ExitCode}: {run.Errors.Trim()}");
        }
    }

    /// <summary>Runs one that a container may forbid even to root: then the test is skipped and says so.</summary>
    public static async Task RequireAsync(string program, params IReadOnlyList<string> arguments)
    {
        _ = RequireAsRoot(program);
        try
        {
            await RunAsync(program, arguments);
        }
        catch (IOException error)
        {
            throw Require.Missing($"{error.Message}; this test did not run.");
        }
    }
}
