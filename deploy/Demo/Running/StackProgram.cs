using IoTHealth.Testing;

namespace IoTHealth.Demo.Running;

/// <summary>One program of the stack, started and ended again and again on the same ports and files.</summary>
/// <param name="command">What to start.</param>
/// <param name="grace">How long a SIGTERM may take before SIGKILL follows.</param>
public sealed class StackProgram(Func<ServerCommand> command, TimeSpan grace) : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private ServerProcess? process;

    public bool Running => process is { HasExited: false };

    /// <summary>The running process. Meaningful between start and end.</summary>
    public ServerProcess Process => process ?? throw new InvalidOperationException("not started");

    /// <summary>What to tell of a program that has ended without being asked to; null when all is well.</summary>
    public string? Failure => process is { HasExited: true }
        ? $"{process.Name} ended with exit code {process.ExitCode}; its last lines:{Environment.NewLine}{process.Output}"
        : null;

    /// <summary>Starts it without waiting for READY.</summary>
    public void Start() => process = ServerProcess.Start(command());

    public Task ReadyAsync() => Process.ReadyAsync(Patience);

    public async Task StartAsync()
    {
        Start();
        await ReadyAsync();
    }

    /// <summary>SIGTERM, and after a grace SIGKILL. Does nothing when it does not run.</summary>
    public async Task<int> StopAsync()
    {
        var exitCode = process is null ? 0 : await process.StopAsync(grace);
        await DisposeAsync();
        return exitCode;
    }

    /// <summary>SIGKILL by process id.</summary>
    public async Task KillAsync()
    {
        await Process.KillAsync();
        await DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            await process.DisposeAsync();
            process = null;
        }
    }
}
