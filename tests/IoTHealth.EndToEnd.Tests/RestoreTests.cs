using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The house goes on from damaged data and from old copies: nothing new is taken for old, and the cloud asks again.</summary>
public sealed class RestoreTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Damage.EdgeOfYesterday)]
    [InlineData(Damage.LastMegabyteLost)]
    [InlineData(Damage.BitFlipped, Damage.BitFlipped, Damage.BitFlipped)]
    public Task Nothing_is_missing_or_doubled(params Damage[] rounds) => JudgeAsync(rounds);

    [Fact]
    public Task A_cloud_that_forgot_asks_again() => JudgeAsync(Damage.CloudOfYesterday);

    private async Task JudgeAsync(params Damage[] rounds)
    {
        var seed = TrialSeed.Seed("RESTORE");
        output.WriteLine($"seed {seed}");
        var verdict = await Trials.RestoresAsync(rounds, seed, new TestWriter(output));
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsClean, verdict.Text);
    }
}
