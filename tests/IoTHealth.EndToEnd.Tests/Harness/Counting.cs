using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>The end of a run: all robots stopped and acknowledged, all drained, all counted.</summary>
internal static class Counting
{
    public static async Task AssertNothingLostAsync(Stack stack, ITestOutputHelper output)
    {
        Assert.All(await stack.StopRobotsAsync(), exitCode => Assert.Equal(0, exitCode));
        output.WriteLine((await stack.DrainAsync(TimeSpan.FromSeconds(60))).ToString());
        var report = await stack.ReportAsync();
        output.WriteLine(report.Output + report.Errors);
        Assert.Equal(0, report.ExitCode);
        Assert.Contains("missing 0, duplicated 0, foreign 0", report.Output, StringComparison.Ordinal);
    }
}
