using System.Diagnostics;
using System.Globalization;
using IoTHealth.Benchmarks.Load;

namespace IoTHealth.Benchmarks.Edge;

/// <summary>A server that a load is sent to, by TLS.</summary>
/// <param name="Name">For the figures.</param>
/// <param name="Port">On 127.0.0.1.</param>
/// <param name="AuthorityFile">What its clients trust.</param>
/// <param name="PasswordFile">Password of its clients, or null.</param>
internal sealed record Peer(string Name, int Port, string AuthorityFile, string? PasswordFile)
{
    private long _next = 1_000_000_000;

    /// <summary>Sends a load from a process of its own.</summary>
    /// <exception cref="IOException">The load failed: something was not acknowledged.</exception>
    public async Task<LoadResult> LoadAsync(int connections, int inFlight, int messages, int warmUp, CancellationToken stop, int rate = 0)
    {
        List<string> arguments =
        [
            "load", "--port", Text(Port), "--ca", AuthorityFile, "--connections", Text(connections), "--in-flight", Text(inFlight),
            "--messages", Text(messages), "--warm-up", Text(warmUp), "--rate", Text(rate), "--first", Text(_next),
        ];
        if (PasswordFile is not null)
        {
            arguments.AddRange(["--password-file", PasswordFile]);
        }

        _next += (messages + warmUp) / connections;
        using var process = Process.Start(new ProcessStartInfo(Programs.Benchmarks, arguments) { RedirectStandardOutput = true })!;
        try
        {
            var told = await process.StandardOutput.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return process.ExitCode == 0 ? LoadResult.Parse(told) : throw new IOException($"the load of {Name} failed");
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
