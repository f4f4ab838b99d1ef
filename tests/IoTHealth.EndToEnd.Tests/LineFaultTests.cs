using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The cloud is on another machine, and the line to it is bad.</summary>
public sealed class LineFaultTests(ITestOutputHelper output)
{
    /// <summary>See <see cref="LineFaults"/>. IOTHEALTH_LINE_ROUNDS and IOTHEALTH_LINE_SEED override the number of faults and the seed.</summary>
    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_the_line_is_pulled_frozen_and_reset()
    {
        var (rounds, seed) = (TrialSeed.Rounds("LINE", 3), TrialSeed.Seed("LINE"));
        output.WriteLine($"{rounds} faults, seed {seed}");
        var verdict = await Trials.LineFaultsAsync(rounds, seed, new TestWriter(output));
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsClean, verdict.Text);
    }
}
