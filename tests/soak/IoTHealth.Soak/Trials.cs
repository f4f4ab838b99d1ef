using IoTHealth.Demo.Running;

namespace IoTHealth.Soak;

/// <summary>The trials as they are run by the commands, and with smaller numbers by the end-to-end tests.</summary>
public static class Trials
{
    private const int DiskMegabytes = 256;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    // Programs that live for a second or two only pay for the runtime's profiling and never earn by it.
    private static readonly Dictionary<string, string> ShortLives = new() { ["DOTNET_TieredPGO"] = "0" };

    /// <summary>Cuts the edge's power, see <see cref="Soak.PowerCuts"/>.</summary>
    /// <param name="choose">Other options, for example an edge with a planted fault.</param>
    public static async Task<Verdict> PowerCutsAsync(int cuts, int seed, TextWriter output, Func<StackOptions, StackOptions>? choose = null)
    {
        await using var trial = Trial.Lay(options => (choose ?? (same => same))(options with { Rate = 30, Seed = seed, Environment = ShortLives }));
        var disk = await trial.PutEdgeOnDiskAsync(DiskMegabytes);
        await trial.Stack.StartServersAsync();
        await new PowerCuts(trial, disk, new Random(seed), output).RunAsync(cuts);
        return await trial.JudgeAsync(Patience);
    }

    /// <summary>Kills edge and cloud, see <see cref="Soak.Kills"/>.</summary>
    public static async Task<Verdict> KillsAsync(int rounds, int seed, TextWriter output)
    {
        await using var trial = Trial.Lay(options => options with { Rate = 10, Seed = seed, Environment = ShortLives });
        await trial.Stack.StartServersAsync();
        trial.Stack.StartRobots();
        await new Kills(trial.Stack, new Random(seed), output).RunAsync(rounds);
        return await trial.JudgeAsync(Patience);
    }

    /// <summary>Damages stored data, or puts an old copy in its place, see <see cref="Soak.Restores"/>.</summary>
    public static async Task<Verdict> RestoresAsync(IEnumerable<Damage> rounds, int seed, TextWriter output)
    {
        await using var trial = Trial.Lay(options => options with { Rate = 100, Seed = seed, Environment = ShortLives });
        await trial.Stack.StartServersAsync();
        await new Restores(trial, new Random(seed), output).RunAsync(rounds);
        return await trial.JudgeAsync(Patience);
    }

    /// <summary>Every kind of damage in turn.</summary>
    public static Task<Verdict> RestoresAsync(int rounds, int seed, TextWriter output) =>
        RestoresAsync(Enumerable.Range(0, rounds).Select(round => (Damage)(round % Enum.GetValues<Damage>().Length)), seed, output);

    /// <summary>Cuts, freezes and resets the line to the cloud, see <see cref="Soak.LineFaults"/>.</summary>
    public static async Task<Verdict> LineFaultsAsync(int rounds, int seed, TextWriter output)
    {
        var (trial, cable) = await Trial.LayApartAsync(options => options with { Rate = 30, Seed = seed });
        await using (trial)
        {
            await trial.Stack.StartServersAsync();
            trial.Stack.StartRobots();
            await new LineFaults(trial, cable, new Random(seed), output).RunAsync(rounds);
            return await trial.JudgeAsync(Patience);
        }
    }
}
