using IoTHealth.EndToEnd.Tests.Harness;

namespace IoTHealth.EndToEnd.Tests;

public sealed class RobotsRunTests(ITestOutputHelper output)
{
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Every_acknowledged_reading_of_a_run_becomes_exactly_one_observation()
    {
        await using var test = await TestStack.StartAsync(options => options with { Robots = 3, Rate = 20, RobotArguments = ["--for", "5s"] });
        test.Stack.StartRobots();
        await test.Stack.Robots.Process.ExitAsync().WaitAsync(RunTime * 4, TestContext.Current.CancellationToken);
        await Counting.AssertNothingLostAsync(test.Stack, output);
    }
}
