using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Tests.Support;

/// <summary>A command of the simulators running in this process, as the command line would run it.</summary>
internal sealed class RunningCommand : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly CancellationTokenSource _stop = new();
    private readonly LineWriter _output = new();
    private readonly StringWriter _error = new();
    private readonly Task<int> _run;

    private RunningCommand(string[] args) =>
        _run = Task.Run(() => SimulatorProgram.RunAsync(args, TimeProvider.System, _output, TextWriter.Synchronized(_error), _stop.Token));

    public string Output => _output.ToString();

    public string Error => _error.ToString();

    public static RunningCommand Start(params string[] args) => new(args);

    /// <summary>Runs a command that ends by itself.</summary>
    public static async Task<(int Code, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var command = Start(args);
        var code = await command._run.WaitAsync(Patience);
        return (code, command.Output, command.Error);
    }

    /// <summary>The address after READY.</summary>
    public async Task<string> ReadyAsync()
    {
        await Task.WhenAny(_output.FirstLine, _run).WaitAsync(Patience);
        return _output.FirstLine.IsCompleted
            ? (await _output.FirstLine).Split('=')[1]
            : throw new InvalidOperationException($"ended with {await _run}: {Error}");
    }

    public async Task<int> EndAsync() => await _run.WaitAsync(Patience);

    /// <summary>What SIGTERM does.</summary>
    public async Task<int> StopAsync()
    {
        await _stop.CancelAsync();
        return await EndAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private sealed class LineWriter : StringWriter
    {
        private readonly TaskCompletionSource<string> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> FirstLine => _first.Task;

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            _first.TrySetResult(value ?? "");
            return Task.CompletedTask;
        }
    }
}
