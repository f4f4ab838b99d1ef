using IoTHealth.Demo.Running;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The control: a counting report that cannot see a loss proves nothing.</summary>
public sealed class LossControlTests(ITestOutputHelper output)
{
    [Fact]
    public async Task An_edge_that_drops_one_reading_is_caught_by_the_report()
    {
        var report = await CountAsync("drop-one-reading", stack => stack.SettleAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("missing 1, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);
        Assert.Equal(1, report.ExitCode);
    }

    [Fact(Explicit = true)]
    public async Task An_entry_that_the_uplink_drops_is_asked_for_again()
    {
        var report = await CountAsync("drop-one-entry", stack => stack.DrainAsync(TimeSpan.FromSeconds(100)));
        Assert.Contains("missing 0, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);
    }

    private async Task<CommandRun> CountAsync(string fault, Func<Stack, Task<Drain>> arrive)
    {
        await using var test = await TestStack.StartAsync(options => options.WithFault(fault) with { Rate = 10, RobotArguments = ["--count", "20"] });
        test.Stack.StartRobots();
        await test.Stack.Robots.Process.ExitAsync().WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        output.WriteLine((await arrive(test.Stack)).ToString());
        var report = await test.Stack.ReportAsync();
        output.WriteLine(report.Output + report.Errors);
        return report;
    }
}
