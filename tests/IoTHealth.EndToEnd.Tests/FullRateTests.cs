using System.Diagnostics;
using IoTHealth.EndToEnd.Tests.Harness;

namespace IoTHealth.EndToEnd.Tests;

public sealed class FullRateTests(ITestOutputHelper output)
{
    private const int InFlight = 64;

    // What a robot that sees a resident in bed sends: four readings.
    private const string Record = "\"bed\":\"in\",\"hr\":60,\"rr\":14,\"motion\":2";
    private const int ReadingsOfRecord = 4;

    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    // Longer than one and a half keep-alives, after which a starved broker cuts the connection.
    private static readonly TimeSpan RunTime = TimeSpan.FromSeconds(9);

    [Fact]
    public async Task One_connection_at_full_rate_over_a_slow_disk_keeps_a_thousand_readings_per_second_and_its_connection()
    {
        await using var test = await TestStack.StartAsync(options => options.WithFault("slow-commit-10ms"));
        using var device = await DeviceClient.ConnectAsync(test.Stack, test.Stack.Facility.Spare, KeepAlive);
        var begun = Stopwatch.GetTimestamp();
        var published = await Task.WhenAll(Enumerable.Range(0, InFlight).Select(_ => PublishAsync(device, begun)));
        var rate = published.Sum() / Stopwatch.GetElapsedTime(begun).TotalSeconds;
        output.WriteLine($"{rate:0} acknowledged readings/s");
        Assert.True(rate >= 1000, $"{rate:0} readings/s");
        Assert.Equal(0, device.Disconnects);
    }

    private static async Task<int> PublishAsync(DeviceClient device, long begun)
    {
        var published = 0;
        while (Stopwatch.GetElapsedTime(begun) < RunTime)
        {
            await device.PublishAsync(Record);
            published += ReadingsOfRecord;
        }

        return published;
    }
}
