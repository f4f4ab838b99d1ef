using System.Net;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Soak;
using IoTHealth.Testing;
using IoTHealth.Testing.Faults;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>
/// The edge's disk fails under load. Nurses are called all the same, devices are told nothing that is not so, and once the disk is
/// well again everything goes on and nothing is missing.
/// </summary>
public sealed class DiskFaultTests(ITestOutputHelper output)
{
    private const int DiskMegabytes = 192;

    // The hard limit of a call, whatever befalls the gateway.
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_full_disk_stops_no_call_and_loses_nothing(bool inMemory)
    {
        await using var trial = Lay();
        var folder = inMemory ? (await trial.PutEdgeOnTmpfsAsync(DiskMegabytes)).Folder : (await trial.PutEdgeOnDiskAsync(DiskMegabytes)).Folder;
        await StartAsync(trial);
        await using var device = new PersistentDevice(trial.Stack);
        var filler = new Filler(folder);

        filler.Fill();
        await IsUnwellAsync(trial);
        var first = device.LeaveBed();
        await first.IsCalledAsync(CallLimit);

        // What was held in reserve for alarms is gone too.
        filler.Fill();
        var second = device.LeaveBed();
        await second.IsCalledAsync(CallLimit);
        Assert.False(second.Acknowledged.IsCompleted, "it was told to be safe on a disk without any room");

        filler.Free();
        await GoesOnAsync(trial, first, second);
    }

    [Fact]
    public async Task An_fsync_that_fails_stops_no_call_and_what_was_acknowledged_around_it_outlives_a_power_cut()
    {
        await using var trial = Lay();
        var disk = await trial.PutEdgeOnDiskAsync(DiskMegabytes);
        await StartAsync(trial);
        await using var device = new PersistentDevice(trial.Stack);
        var before = device.LeaveBed();
        await before.IsCalledAsync(CallLimit);
        BedExit during;
        await using (var strace = await AttachAsync(trial, "error=EIO"))
        {
            await IsUnwellAsync(trial);
            during = device.LeaveBed();
            await during.IsCalledAsync(CallLimit);
            output.WriteLine($"{strace.Injected} fsyncs failed");
            Assert.True(strace.Injected > 0, "no fsync was made to fail");
            Assert.False(during.Acknowledged.IsCompleted, "it was told to be safe though no fsync succeeded");
        }

        await trial.GrowsAsync(Patience);
        trial.Line.Cut();
        await trial.GrowsAsync(Patience);
        disk.CutPower();
        await trial.Stack.Edge.KillAsync();
        await disk.PowerUpAsync();
        await trial.Stack.Edge.StartAsync();
        await GoesOnAsync(trial, before, during);
    }

    [Fact]
    public async Task An_fsync_that_stalls_five_seconds_delays_no_call_beyond_its_limit()
    {
        await using var trial = Lay();
        await StartAsync(trial);
        await using var device = new PersistentDevice(trial.Stack);
        BedExit exit;
        await using (var strace = await AttachAsync(trial, "delay_enter=5s"))
        {
            exit = device.LeaveBed();
            await exit.IsCalledAsync(CallLimit);

            // Told once it is over.
            await Eventually.HoldsAsync("an fsync was made to stall", () => strace.Injected > 0, Patience);
        }

        await GoesOnAsync(trial, exit);
    }

    [Fact]
    public async Task A_disk_that_turned_read_only_stops_no_call_and_loses_nothing()
    {
        await using var trial = Lay();
        var disk = await trial.PutEdgeOnDiskAsync(DiskMegabytes);
        await StartAsync(trial);
        await using var device = new PersistentDevice(trial.Stack);

        await disk.TurnReadOnlyAsync();
        await IsUnwellAsync(trial);
        var exit = device.LeaveBed();
        await exit.IsCalledAsync(CallLimit);
        Assert.False(exit.Acknowledged.IsCompleted, "it was told to be safe on a disk that cannot be written");

        await trial.Stack.Edge.StopAsync();
        await disk.MountAgainAsync();
        await trial.Stack.Edge.StartAsync();
        await GoesOnAsync(trial, exit);
    }

    private static Trial Lay() => Trial.Lay(options => options with { Robots = 2, Rate = 10 });

    private static async Task StartAsync(Trial trial)
    {
        await trial.Stack.StartServersAsync();
        trial.Stack.StartRobots();
        await trial.GrowsAsync(Patience);
    }

    private static Task<Strace> AttachAsync(Trial trial, string fault) =>
        Strace.AttachAsync(trial.Stack.Edge.Process.Id, "fsync,fdatasync", fault, trial.Stack.Folder.File("logs"));

    private async Task IsUnwellAsync(Trial trial)
    {
        using var http = new HttpClient { BaseAddress = trial.Stack.EdgeApi.Address };
        var unwell = await Eventually.SeesAsync(
            "the gateway says that it is not well", HealthAsync, seen => seen.Status == HttpStatusCode.ServiceUnavailable, Patience);
        output.WriteLine(unwell.Text);

        async Task<(HttpStatusCode Status, string Text)> HealthAsync(CancellationToken late)
        {
            using var answer = await http.GetAsync(new Uri("health", UriKind.Relative), late);
            return (answer.StatusCode, await answer.Content.ReadAsStringAsync(late));
        }
    }

    private async Task GoesOnAsync(Trial trial, params IReadOnlyList<BedExit> exits)
    {
        await Task.WhenAll(exits.Select(exit => exit.Acknowledged)).WaitAsync(Patience, TestContext.Current.CancellationToken);
        var verdict = await trial.JudgeAsync(Patience);
        output.WriteLine(verdict.ToString());
        Assert.True(verdict.IsClean, verdict.Text);
        Assert.All(exits, exit => Assert.Single(exit.Alarms()));
    }
}
