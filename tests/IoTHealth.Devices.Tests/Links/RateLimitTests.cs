using IoTHealth.Links.Mqtt;
using Microsoft.Extensions.Time.Testing;

namespace IoTHealth.Devices.Tests.Links;

public sealed class RateLimitTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void A_burst_is_free_and_what_follows_waits_its_turn()
    {
        var rate = new RateLimit(10, 1_000_000, TimeSpan.FromSeconds(1), _time);
        Assert.All(Enumerable.Range(0, 10), _ => Assert.Equal(TimeSpan.Zero, rate.Take(1, 1)));
        Assert.Equal(100, rate.Take(1, 1).TotalMilliseconds, 1e-3);
        Assert.Equal(300, rate.Take(2, 1).TotalMilliseconds, 1e-3);
        _time.Advance(TimeSpan.FromMilliseconds(400));
        Assert.Equal(TimeSpan.Zero, rate.Take(1, 1));
    }

    [Fact]
    public void Silence_is_not_saved_up_beyond_the_burst()
    {
        var rate = new RateLimit(10, 1_000_000, TimeSpan.FromSeconds(1), _time);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, rate.Take(10, 1));
        Assert.Equal(100, rate.Take(1, 1).TotalMilliseconds, 1e-3);
    }

    [Fact]
    public void Bytes_count_by_themselves()
    {
        var rate = new RateLimit(1_000_000, 1_000, TimeSpan.FromSeconds(1), _time);
        Assert.Equal(TimeSpan.Zero, rate.Take(1, 1_000));
        Assert.Equal(500, rate.Take(1, 500).TotalMilliseconds, 1e-3);
    }
}
