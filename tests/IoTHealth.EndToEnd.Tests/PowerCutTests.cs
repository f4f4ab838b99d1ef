using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The edge's power is cut under load: what a device was told is safe is on the disk.</summary>
public sealed class PowerCutTests(ITestOutputHelper output)
{
    /// <summary>See <see cref="PowerCuts"/>. IOTHEALTH_POWER_ROUNDS and IOTHEALTH_POWER_SEED override the number of cuts and the seed.</summary>
    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_by_power_cuts()
    {
        var (cuts, seed) = (TrialSeed.Rounds("POWER", 5), TrialSeed.Seed("POWER"));
        output.WriteLine($"{cuts} cuts, seed {seed}");
        var verdict = await Trials.PowerCutsAsync(cuts, seed, new TestWriter(output));
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsClean, verdict.Text);
    }

    [Fact]
    public async Task An_edge_that_commits_without_fsync_is_caught_by_the_same_trial()
    {
        var verdict = await Trials.PowerCutsAsync(2, seed: 1, new TestWriter(output), options => options.WithFault("no-fsync"));
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.Missing > 0, verdict.Text);
    }
}
