using System.Diagnostics;

namespace IoTHealth.Testing;

/// <summary>A command run to its end.</summary>
public sealed record CommandRun(int ExitCode, string Output, string Errors)
{
    /// <exception cref="TimeoutException">It did not end in time and was killed.</exception>
    public static async Task<CommandRun> OfAsync(string program, IReadOnlyList<string> arguments, TimeSpan timeout)
    {
        var command = new ServerCommand(Path.GetFileName(program), program, arguments, "");
        using var process = StartingThread.Invoke(() => Process.Start(ChildStart.For(command))!);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        if (await Task.WhenAny(process.WaitForExitAsync(), Task.Delay(timeout)) is { } && !process.HasExited)
        {
            Signals.Send(process.Id, Signals.Kill);
            throw new TimeoutException($"{command.Name} did not end within {timeout.TotalSeconds} s: {await errors}");
        }

        return new CommandRun(process.ExitCode, await output, await errors);
    }
}
