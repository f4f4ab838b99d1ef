using IoTHealth.Edge.Uplink;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class BandwidthTests
{
    [Fact]
    public void Keeps_to_its_rate_however_much_there_is()
    {
        var time = new FakeTimeProvider(Sample.Noon);
        var bandwidth = new Bandwidth(64, time);
        var bytes = 0;
        while (time.GetUtcNow() < Sample.Noon.AddMinutes(10))
        {
            if (bandwidth.Wait == TimeSpan.Zero)
            {
                bandwidth.Send(bandwidth.BodyBytes);
                bytes += bandwidth.BodyBytes + 300;
            }

            time.Advance(TimeSpan.FromMilliseconds(10));
        }

        Assert.InRange(bytes, 64_000 / 8 * 600 * 0.95, (64_000 / 8 * 600) + bandwidth.BodyBytes + 300);
    }

    [Fact]
    public void An_alarm_goes_at_once_and_the_others_pay_for_it()
    {
        var time = new FakeTimeProvider(Sample.Noon);
        var bandwidth = new Bandwidth(8, time);
        bandwidth.Send(700);
        bandwidth.Send(700);
        Assert.Equal(TimeSpan.FromSeconds(2), bandwidth.Wait);
        time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(TimeSpan.Zero, bandwidth.Wait);
    }

    [Fact]
    public void Without_a_rate_nothing_waits()
    {
        var bandwidth = new Bandwidth(null, new FakeTimeProvider(Sample.Noon));
        bandwidth.Send(10_000_000);
        Assert.Equal(TimeSpan.Zero, bandwidth.Wait);
        Assert.Equal(BatchPacker.BodyBytesMaximum, bandwidth.BodyBytes);
    }
}
