using IoTHealth.Edge.Alarming;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Alarming;

public sealed class DeviceDelaysTests
{
    private DeviceDelays _delays = new(new Dictionary<string, TimeSpan>());

    [Fact]
    public void A_clock_that_is_right_is_not_behind_and_a_late_reading_does_not_make_it_so()
    {
        Assert.Equal(0, Behind(receivedMinutes: 0, delayMinutes: 0));
        Assert.Equal(0, Behind(receivedMinutes: 20, delayMinutes: 19));
    }

    [Fact]
    public void A_slow_clock_is_known_from_its_first_reading() => Assert.Equal(10, Behind(receivedMinutes: 0, delayMinutes: 10));

    [Fact]
    public void A_clock_that_is_set_back_is_known_within_the_hour()
    {
        for (var minute = 0; minute <= 60; minute++)
        {
            Behind(minute, delayMinutes: 0);
        }

        for (var minute = 61; minute <= 121; minute++)
        {
            Behind(minute, delayMinutes: 10);
        }

        Assert.Equal(10, Behind(receivedMinutes: 122, delayMinutes: 10));
    }

    [Fact]
    public void What_was_known_outlives_a_restart_so_that_a_backlog_is_old()
    {
        Behind(receivedMinutes: 0, delayMinutes: 0);
        _delays = new DeviceDelays(_delays.TakeChanges().ToDictionary(change => change.Device, change => change.Delay));
        Assert.Empty(_delays.TakeChanges());
        Assert.All(Enumerable.Range(1, 29), minute => Assert.Equal(0, Behind(480 + minute, delayMinutes: 480 - minute)));
    }

    [Fact]
    public void A_silence_forgets_nothing()
    {
        Behind(receivedMinutes: 0, delayMinutes: 0);
        Assert.Equal(0, Behind(receivedMinutes: 480, delayMinutes: 470));
    }

    [Fact]
    public void A_clock_that_is_ahead_is_not_behind() => Assert.Equal(0, Behind(receivedMinutes: 0, delayMinutes: -1));

    private double Behind(int receivedMinutes, int delayMinutes)
    {
        var received = Sample.Noon.AddMinutes(receivedMinutes);
        var reading = Sample.BedExit(receivedMinutes);
        return _delays.Behind(reading with
        {
            Time = reading.Time with { Received = received, Instant = received.AddMinutes(-delayMinutes) },
        }).TotalMinutes;
    }
}
