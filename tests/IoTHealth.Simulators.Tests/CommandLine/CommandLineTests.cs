using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Tests.Support;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.Tests.CommandLine;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("watch-over-robot", "--chaos")]
    [InlineData("glucose-meter", "--clock-skew")]
    [InlineData("bedside-transmitter", "--mllp")]
    [InlineData("fhir-receiver", "--latency")]
    [InlineData("webhook-receiver", "--fail")]
    [InlineData("replay", "--speed")]
    [InlineData("report", "--json")]
    [InlineData("report", "--meters")]
    public async Task Every_command_has_help(string command, string option)
    {
        var (code, output, _) = await RunningCommand.RunAsync(command, "--help");
        Assert.Equal(0, code);
        Assert.Contains(option, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port")]
    [InlineData("juggle")]
    [InlineData("watch-over-robot --port abc --ca a --devices b --out c", "abc")]
    [InlineData("watch-over-robot --port 0 --ca a --devices b --out c", "between 1 and 65535")]
    [InlineData("watch-over-robot --port 1 --ca a --devices b --out c --for soon", "soon")]
    [InlineData("watch-over-robot --port 1 --ca a --devices b --out c --rate -1", "--rate")]
    [InlineData("watch-over-robot --port 1 --ca /nowhere/ca.pem --devices b --out c", "/nowhere/ca.pem")]
    [InlineData("fhir-receiver --cert /nowhere/c.pem --key /nowhere/k.pem --out /proc/nowhere")]
    [InlineData("report --sent /nowhere --fhir /nowhere", "/nowhere")]
    public async Task Bad_usage_is_2_and_says_what(string line, string said = "")
    {
        var (code, _, error) = await RunningCommand.RunAsync(line.Split(' '));
        Assert.Equal(2, code);
        Assert.NotEmpty(error);
        Assert.Contains(said, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("500ms", 500)]
    [InlineData("30s", 30_000)]
    [InlineData("1.5m", 90_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("-3s", -3_000)]
    [InlineData("3", null)]
    [InlineData("s", null)]
    [InlineData("", null)]
    [InlineData("3sm", null)]
    [InlineData("9999999h", null)]
    [InlineData("ms", null)]
    public void Durations_are_read(string text, int? milliseconds) =>
        Assert.Equal(milliseconds, Durations.TryParse(text, out var span) ? (int)span.TotalMilliseconds : null);

    [Theory]
    [InlineData("drop=2")]
    [InlineData("drop=-0.1")]
    [InlineData("drop")]
    [InlineData("drop=NaN")]
    [InlineData("dorp=0.1")]
    [InlineData("skew=3")]
    public void Chaos_that_is_none_is_refused(string text) => Assert.Throws<UsageException>(() => ChaosSwitches.Parse(text));

    [Fact]
    public void Chaos_is_read() => Assert.Equal(
        new ChaosSwitches(0.01, 0.02, 0.05, 0, 1, TimeSpan.FromSeconds(-3)), ChaosSwitches.Parse("drop=0.01, duplicate=0.02,reorder=0.05,corrupt=1,skew=-3s"));
}
