using System.Globalization;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Soak;

/// <summary>The trials as they are run by the commands, and with smaller numbers by the end-to-end tests.</summary>
public static class Trials
{
    private const int DiskMegabytes = 256;

    // Of a small journal; the ids of all it ever saw stay in it, and grow with the rounds.
    private const int SmallMegabytes = 2;
    private const int RoundsOfMegabyte = 25;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

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

    /// <summary>Kills edge and cloud, see <see cref="Soak.Kills"/>, with a journal that gives nothing up.</summary>
    public static Task<Verdict> KillsAsync(int rounds, int seed, TextWriter output) => KillsAsync(rounds, seed, output, journalMegabytes: null);

    /// <summary>The same with a journal so small that it must give up what the cloud does not take for a while.</summary>
    public static Task<Verdict> KillsWithEvictionAsync(int rounds, int seed, TextWriter output) =>
        KillsAsync(rounds, seed, output, SmallMegabytes + rounds / RoundsOfMegabyte);

    private static async Task<Verdict> KillsAsync(int rounds, int seed, TextWriter output, int? journalMegabytes)
    {
        await using var trial = Trial.Lay(options => options with { Rate = journalMegabytes is null ? 10 : 40, Seed = seed, Environment = ShortLives });
        if (journalMegabytes is { } megabytes)
        {
            trial.AddToEdge(string.Create(
                CultureInfo.InvariantCulture, $"journal: {{ maximumMegabytes: {megabytes}, reserveMegabytes: 1, quarantineMegabytes: 1 }}"));
        }

        await trial.Stack.StartServersAsync();
        trial.Stack.StartRobots();
        await new Kills(trial, new Random(seed), output).RunAsync(rounds, isStretched: journalMegabytes is not null);
        return (await trial.JudgeAsync(Patience)) with
        {
            GivenUp = GivenUp.Of(trial.EdgeData, trial.Stack.Facility.Robots.Select(robot => robot.Serial)),
            Gone = (await trial.Stack.CloudApi.GetAsync<CloudStatus>("status")).Gateways.Sum(gateway => gateway.Gone),
        };
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
