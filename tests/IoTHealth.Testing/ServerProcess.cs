using System.Diagnostics;

namespace IoTHealth.Testing;

/// <summary>A program started as a process of its own, addressed by its process id only, and killed on dispose.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private readonly Process process;
    private readonly ServerLog log;
    private readonly TaskCompletionSource<IReadOnlyDictionary<string, string>> ready =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(ServerCommand command)
    {
        Name = command.Name;
        log = new ServerLog(command.LogFile);
        process = StartingThread.Invoke(() => Launch(command));
        Id = process.Id;
        process.StandardInput.Close();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public string Name { get; }

    public int Id { get; }

    public bool HasExited => process.HasExited;

    /// <summary>The exit code; meaningful once it has exited.</summary>
    public int ExitCode => process.ExitCode;

    /// <summary>The last twenty lines it printed.</summary>
    public string Output => log.Tail();

    public static ServerProcess Start(ServerCommand command) => new(command);

    /// <summary>Waits for the READY line.</summary>
    /// <exception cref="InvalidOperationException">It exited instead, or took too long; the message ends with its last lines.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ReadyAsync(TimeSpan timeout)
    {
        var first = await Task.WhenAny(ready.Task, process.WaitForExitAsync(), Task.Delay(timeout));
        return first == ready.Task ? await ready.Task : throw NotReady(timeout);
    }

    /// <summary>Waits until the probe answers true, for servers that print no READY line.</summary>
    /// <exception cref="InvalidOperationException">It exited instead, or took too long; the message ends with its last lines.</exception>
    public async Task WaitForAsync(Func<CancellationToken, Task<bool>> probe, TimeSpan timeout)
    {
        using var late = new CancellationTokenSource(timeout);
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (!HasExited && !await probe(late.Token))
            {
                await timer.WaitForNextTickAsync(late.Token);
            }
        }
        catch (OperationCanceledException)
        {
            throw NotReady(timeout);
        }

        if (HasExited)
        {
            throw NotReady(timeout);
        }
    }

    /// <summary>SIGTERM; SIGKILL when it has not ended in time. Returns the exit code.</summary>
    public async Task<int> StopAsync(TimeSpan grace)
    {
        // A stopped process would not hear the SIGTERM.
        Send(Signals.Continue);
        Send(Signals.Terminate);
        if (await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(grace)) is { } ended && !HasExited)
        {
            log.Add($"{Name} did not stop within {grace.TotalSeconds} s and was killed");
            return await KillAsync();
        }

        return await ExitAsync();
    }

    /// <summary>SIGKILL, and waits until the process is gone.</summary>
    public async Task<int> KillAsync()
    {
        Send(Signals.Kill);
        return await ExitAsync();
    }

    /// <summary>SIGSTOP: it holds its connections and answers nothing.</summary>
    public void Pause() => Send(Signals.Stop);

    /// <summary>SIGCONT.</summary>
    public void Resume() => Send(Signals.Continue);

    /// <summary>Waits for its end without asking for it.</summary>
    public async Task<int> ExitAsync()
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        process.Dispose();
        log.Dispose();
    }

    private Process Launch(ServerCommand command)
    {
        var child = new Process { StartInfo = ChildStart.For(command) };
        child.OutputDataReceived += (_, line) => Hear(line.Data);
        child.ErrorDataReceived += (_, line) => Hear(line.Data);
        child.Start();
        return child;
    }

    private void Hear(string? line)
    {
        if (line is null)
        {
            return;
        }

        log.Add(line);
        if (ReadyLine.Parse(line) is { } endpoints)
        {
            ready.TrySetResult(endpoints);
        }
    }

    // Once the runtime has reaped it, its id may be a stranger's.
    private void Send(int signal)
    {
        if (!process.HasExited)
        {
            Signals.Send(Id, signal);
        }
    }

    private InvalidOperationException NotReady(TimeSpan timeout) => new(
        (HasExited ? $"{Name} ended with exit code {process.ExitCode}" : $"{Name} was not ready within {timeout.TotalSeconds} s")
        + $"; its last lines:{Environment.NewLine}{log.Tail()}");
}
