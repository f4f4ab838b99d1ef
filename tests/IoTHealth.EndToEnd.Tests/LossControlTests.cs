using IoTHealth.EndToEnd.Tests.Harness;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The control: a counting report that cannot see a loss proves nothing.</summary>
public sealed class LossControlTests(ITestOutputHelper output)
{
    [Fact]
    public async Task An_edge_that_drops_one_entry_is_caught_by_the_report()
    {
        await using var test = await TestStack.StartAsync(options =>
            options.WithFault("drop-one-entry") with { Rate = 10, RobotArguments = ["--count", "20"] });
        test.Stack.StartRobots();
        await test.Stack.Robots.Process.ExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        output.WriteLine((await test.Stack.SettleAsync(TimeSpan.FromSeconds(30))).ToString());
        var report = await test.Stack.ReportAsync();
        output.WriteLine(report.Output + report.Errors);
        Assert.Contains("missing 1, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }
}
