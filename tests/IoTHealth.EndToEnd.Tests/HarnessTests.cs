using System.Globalization;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>The harness itself, where a fault in it would hide a fault of the product.</summary>
public sealed class HarnessTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Mosquitto_keeps_a_retained_message_over_a_restart()
    {
        using var folder = new TestFolder();
        await using var mosquitto = await Mosquitto.StartAsync(folder.File("mosquitto"));
        await ClientAsync("mosquitto_pub", mosquitto, "-q", "1", "-r", "-m", "kept");
        await mosquitto.StopAsync();
        await mosquitto.StartAsync();
        Assert.Equal("kept\n", await ClientAsync("mosquitto_sub", mosquitto, "-C", "1"));
    }

    [Fact]
    public async Task Influxd_keeps_its_points_over_a_restart()
    {
        using var folder = new TestFolder();
        await using var influx = new Influxd(folder.File("influx"), FreePort.Take());
        await influx.StartAsync("db");
        using var http = new HttpClient { BaseAddress = influx.Url };
        using var point = new StringContent("kind,device=one value=1 1000000");
        (await http.PostAsync(new Uri("write?db=db", UriKind.Relative), point, TestContext.Current.CancellationToken)).EnsureSuccessStatusCode();
        await influx.StopAsync();
        await influx.StartAsync("db");
        var series = Assert.Single(await influx.QueryAsync("db", "SELECT * FROM kind", TestContext.Current.CancellationToken));
        Assert.Equal("""[[1000000,"one",1]]""", series!["values"]!.ToJsonString());
    }

    [Fact]
    public async Task A_server_that_ends_instead_of_serving_is_reported_with_its_last_lines()
    {
        using var folder = new TestFolder();
        await using var server = ServerProcess.Start(new("broken", "/bin/sh", ["-c", "echo why; exit 3"], folder.File("log")));
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => server.ReadyAsync(Patience));
        Assert.Contains("broken ended with exit code 3", error.Message, StringComparison.Ordinal);
        Assert.Contains("why", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_the_polite_signal_is_killed()
    {
        using var folder = new TestFolder();
        const string Deaf = "trap '' TERM; echo READY api=127.0.0.1:1; while :; do sleep 0.05; done";
        await using var server = ServerProcess.Start(new("deaf", "/bin/sh", ["-c", Deaf], folder.File("log")));
        Assert.Equal("127.0.0.1:1", (await server.ReadyAsync(Patience))["api"]);
        Assert.Equal(128 + 9, await server.StopAsync(TimeSpan.FromMilliseconds(200)));
    }

    [Fact]
    public async Task A_condition_that_never_holds_tells_what_was_seen_last()
    {
        var error = await Assert.ThrowsAsync<TimeoutException>(() => Eventually.SeesAsync(
            "the number 8", _ => Task.FromResult(7), seen => seen == 8, TimeSpan.FromMilliseconds(100)));
        Assert.Equal("the number 8: not within 0.1 s; last seen: 7", error.Message);
    }

    private static async Task<string> ClientAsync(string program, Mosquitto mosquitto, params string[] arguments)
    {
        var port = mosquitto.Port.ToString(CultureInfo.InvariantCulture);
        var run = await CommandRun.OfAsync(
            Require.Program(program), ["-h", "127.0.0.1", "-p", port, "-t", "topic", .. arguments], Patience);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output;
    }
}
