using System.Globalization;

namespace IoTHealth.Testing.Faults;

/// <summary>
/// Faults put into the system calls of a running process: errors, delays. They end with <see cref="DisposeAsync"/>, and the
/// process goes on.
/// </summary>
public sealed class Strace : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ServerProcess process;
    private readonly string trace;

    private Strace(ServerProcess process, string trace) => (this.process, this.trace) = (process, trace);

    /// <summary>How many system calls were given the fault so far.</summary>
    public int Injected => ReadTrace().Split('\n').Count(line => line.Contains("(INJECTED)", StringComparison.Ordinal) || line.Contains("(DELAYED)", StringComparison.Ordinal));

    /// <param name="processId">The process; its threads, and those it makes, are meant too.</param>
    /// <param name="calls">Names of the system calls, with commas.</param>
    /// <param name="fault">What befalls them, for example <c>error=EIO</c> or <c>delay_enter=5s</c>.</param>
    /// <param name="folder">Where the trace and its log go.</param>
    public static async Task<Strace> AttachAsync(int processId, string calls, string fault, string folder)
    {
        var trace = Path.Combine(folder, $"strace-{Guid.NewGuid():N}.txt");
        var process = ServerProcess.Start(new(
            "strace",
            MachineCommand.RequireAsRoot("strace"),
            ["-f", "-p", processId.ToString(CultureInfo.InvariantCulture), "-e", $"trace={calls}", "-e", $"inject={calls}:{fault}", "-o", trace],
            trace + ".log"));
        var attached = new Strace(process, trace);
        try
        {
            await process.WaitForAsync(_ => Task.FromResult(process.Output.Contains(" attached", StringComparison.Ordinal)), Patience);
            return attached;
        }
        catch (InvalidOperationException error) when (error.Message.Contains("Operation not permitted", StringComparison.Ordinal))
        {
            await attached.DisposeAsync();
            throw Require.Missing("processes may not be traced here; this test did not run.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await process.StopAsync(Patience);
        await process.DisposeAsync();
    }

    private string ReadTrace()
    {
        if (!File.Exists(trace))
        {
            return "";
        }

        using var stream = new FileStream(trace, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
