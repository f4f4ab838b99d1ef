using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;

namespace IoTHealth.EndToEnd.Tests;

public sealed class KillRoundsTests(ITestOutputHelper output)
{
    /// <summary>See <see cref="Kills"/>. IOTHEALTH_KILL_ROUNDS and IOTHEALTH_KILL_SEED override the number of rounds and the seed.</summary>
    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_edge_and_cloud_are_killed_again_and_again()
    {
        var (rounds, seed) = (TrialSeed.Rounds("KILL", 50), TrialSeed.Seed("KILL"));
        output.WriteLine($"{rounds} rounds, seed {seed}");
        var verdict = await Trials.KillsAsync(rounds, seed, new TestWriter(output));
        Assert.True(verdict.IsClean, verdict.Text);
    }
}
