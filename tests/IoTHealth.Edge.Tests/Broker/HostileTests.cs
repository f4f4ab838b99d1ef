using IoTHealth.Hostile.Devices;
using IoTHealth.Hostile.Mqtt;

namespace IoTHealth.Edge.Tests.Broker;

/// <summary>A little of every attack; all of them by the command in <c>tests/soak/IoTHealth.Hostile</c>.</summary>
public sealed class HostileTests(ITestOutputHelper output)
{
    private const int Seed = 7;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hostile_packets_neither_crash_the_gateway_nor_disturb_a_neighbour()
    {
        var report = await MqttAttack.RunAsync(1_000, Seed, TimeProvider.System, Cancellation);
        output.WriteLine(report.Told);
        Assert.Empty(report.Mistakes);
    }

    [Fact]
    public async Task Hostile_bytes_on_a_line_end_a_driver_by_nothing_worse_than_they_may() =>
        Assert.Empty((await SerialAttack.RunAsync(2_000, Seed, Cancellation)).Mistakes);

    [Fact]
    public async Task Hostile_values_of_a_peripheral_end_a_driver_by_nothing_worse_than_they_may() =>
        Assert.Empty((await GattAttack.RunAsync(2_000, Seed, Cancellation)).Mistakes);
}
