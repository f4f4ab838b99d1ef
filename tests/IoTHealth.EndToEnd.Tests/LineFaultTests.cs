using System.Globalization;
using System.Text.Json.Nodes;
using IoTHealth.Demo.Watching;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The cloud is on another machine, and the line to it is bad.</summary>
public sealed class LineFaultTests(ITestOutputHelper output)
{
    private const long Backlog = 5_000;
    private const int SlowBytesPerSecond = 20_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

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

    [Fact(Explicit = true)]
    public async Task A_live_reading_overtakes_the_backlog_of_an_outage_and_the_backlog_still_arrives()
    {
        var (trial, cable) = await Trial.LayApartAsync(options => options with { Rate = 100 });
        await using var _ = trial;
        await trial.Stack.StartServersAsync();
        await using var device = new PersistentDevice(trial.Stack);
        trial.Stack.StartRobots();
        await trial.GrowsAsync(Patience);
        await cable.CutAsync();
        await Eventually.SeesAsync("a backlog", late => BehindAsync(trial, late), behind => behind > Backlog, Patience);
        await trial.StopRobotsAsync();

        trial.Line.BytesPerSecond = SlowBytesPerSecond;
        await cable.HealAsync();
        var outage = Observations(trial).Count;
        await Eventually.HoldsAsync("the backlog begins to arrive", () => Observations(trial).Count > outage, Patience);
        var instant = await device.MeasureAsync(61);
        var before = Observations(trial).Count;
        var verdict = await trial.JudgeAsync(Patience);
        var all = Observations(trial);
        var live = all.FindIndex(one => (string?)one["effectiveDateTime"] is { } at && DateTimeOffset.Parse(at, CultureInfo.InvariantCulture) == instant);
        output.WriteLine($"{verdict}; of {all.Count - before} Observations that came after the live one was sent it was number {live - before + 1}");
        Assert.True(verdict.IsClean, verdict.Text);
        Assert.InRange(live - before, 0, (all.Count - before) / 2);
    }

    private static async Task<long> BehindAsync(Trial trial, CancellationToken cancellation) =>
        (await trial.Stack.EdgeApi.GetAsync<EdgeLive>("live", cancellation)).Readers.Single(reader => reader.Name == "uplink").Behind;

    private static List<JsonNode> Observations(Trial trial) =>
        [.. JsonLines.Read(trial.Stack.Folder.FhirFile).Where(line => (string?)line["type"] == "Observation").Select(line => line["resource"]!)];
}
