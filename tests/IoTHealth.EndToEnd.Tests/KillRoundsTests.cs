using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;

namespace IoTHealth.EndToEnd.Tests;

public sealed class KillRoundsTests(ITestOutputHelper output)
{
    /// <summary>See <see cref="Kills"/>. IOTHEALTH_KILL_ROUNDS and IOTHEALTH_KILL_SEED override the number of rounds and the seed.</summary>
    [Fact]
    public Task Nothing_is_lost_or_doubled_when_edge_and_cloud_are_killed_again_and_again() => KillAsync(50, Trials.KillsAsync);

    [Fact(Explicit = true)]
    public async Task What_a_small_journal_gives_up_between_kills_is_told_exactly()
    {
        var verdict = await KillAsync(30, Trials.KillsWithEvictionAsync);
        Assert.True(verdict.Missing > 0, "nothing was given up, so nothing is proven");
    }

    private async Task<Verdict> KillAsync(int standard, Func<int, int, TextWriter, Task<Verdict>> trial)
    {
        var (rounds, seed) = (TrialSeed.Rounds("KILL", standard), TrialSeed.Seed("KILL"));
        output.WriteLine($"{rounds} rounds, seed {seed}");
        var verdict = await trial(rounds, seed, new TestWriter(output));
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsClean, $"{verdict}\n{verdict.Text}");
        return verdict;
    }
}
