using IoTHealth.Demo.Running;
using IoTHealth.Testing;

namespace IoTHealth.Soak;

/// <summary>A program that is killed at random moments of its work, and the proof that it was at work: a count that grows.</summary>
public sealed class KillTarget(StackProgram program, Random chance)
{
    private const int LongestMomentMilliseconds = 250;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    /// <summary>Completes when the program serves again.</summary>
    public Task Ready { get; private set; } = Task.CompletedTask;

    /// <summary>Waits until it serves and works, kills it a random moment later, and starts it without waiting.</summary>
    public async Task KillAndRestartAsync(string what, Func<CancellationToken, Task<long>> count)
    {
        await Ready;
        var before = await Eventually.SeesAsync(what, count, _ => true, Patience, Look);
        await Eventually.SeesAsync(what, count, seen => seen > before, Patience, Look);
        await Task.Delay(chance.Next(LongestMomentMilliseconds));
        await program.KillAsync();
        program.Start();
        Ready = program.ReadyAsync();
    }
}
