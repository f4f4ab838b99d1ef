using System.Diagnostics;
using IoTHealth.EndToEnd.Tests.Harness;
using IoTHealth.Testing;

namespace IoTHealth.EndToEnd.Tests;

/// <summary>influxd stops and comes back during a run, twice five seconds: nothing of it is lost, and intake does not notice.</summary>
public sealed class InfluxOutageTests(ITestOutputHelper output)
{
    private const double Tolerated = 1.5;
    private static readonly TimeSpan Phase = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Every_point_is_in_influxd_afterwards_and_intake_is_as_fast_without_it()
    {
        await using var test = await TestStack.StartAsync(options => options with { Influx = true, Rate = 20 });
        var (stack, influx) = (test.Stack, test.Stack.Influx!);
        using var device = await DeviceClient.ConnectAsync(stack, stack.Facility.Spare);
        stack.StartRobots();
        await MeasureAsync(device, TimeSpan.FromSeconds(1));
        var (up, down) = (new List<double>(), new List<double>());
        for (var round = 0; round < 2; round++)
        {
            up.AddRange(await MeasureAsync(device, Phase));
            await influx.StopAsync();
            down.AddRange(await MeasureAsync(device, Outage));
            await influx.StartAsync(Demo.Facilities.Facility.Database);
        }

        await stack.StopRobotsAsync();
        await AssertAllThereAsync(influx, SentReadings.Acknowledged(stack.Folder.Out));
        var (medianUp, medianDown) = (Median(up), Median(down));
        output.WriteLine($"median PUBACK latency: influxd up {medianUp:0.00} ms ({up.Count}), down {medianDown:0.00} ms ({down.Count})");
        Assert.True(medianDown <= Tolerated * medianUp, $"up {medianUp} ms, down {medianDown} ms");
    }

    private async Task AssertAllThereAsync(Influxd influx, IReadOnlyList<Reading> sent)
    {
        Assert.NotEmpty(sent);
        await Eventually.SeesAsync(
            "all sent readings in influxd",
            async late =>
            {
                var stored = await InfluxReadings.AllAsync(influx, late);
                List<Reading> lacking = [.. sent.Where(reading => !stored.Contains(reading))];
                return (lacking.Count, First: lacking.FirstOrDefault());
            },
            lacking => lacking.Count == 0,
            TimeSpan.FromSeconds(20),
            TimeSpan.FromMilliseconds(250));
        output.WriteLine($"{sent.Count} readings, all in influxd");
    }

    // One at a time, so that each latency is that of one publish on an otherwise ordinary gateway.
    private static async Task<IReadOnlyList<double>> MeasureAsync(DeviceClient device, TimeSpan length)
    {
        List<double> milliseconds = [];
        var begun = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(begun) < length)
        {
            var sent = Stopwatch.GetTimestamp();
            await device.PublishAsync("\"hr\":60");
            milliseconds.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
        }

        return milliseconds;
    }

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return sorted[sorted.Length / 2];
    }
}
