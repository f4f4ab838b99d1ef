using IoTHealth.Edge.Uplink;

namespace IoTHealth.Edge.Tests.Uplink;

public sealed class ReconnectPauseTests
{
    private static readonly IOException Lost = new("lost");

    [Fact]
    public void A_fleet_that_loses_its_hub_comes_back_over_ten_seconds()
    {
        var pauses = Enumerable.Range(1, 1_000).Select(box => new ReconnectPause(new Random(box)).After(Lost, TimeSpan.FromDays(1), hasPassed: true).TotalSeconds).ToList();
        Assert.All(pauses, pause => Assert.InRange(pause, 0, 10.1));
        Assert.All(Enumerable.Range(0, 10), second => Assert.InRange(pauses.Count(pause => pause >= second && pause < second + 1), 50, 150));
    }

    [Fact]
    public void Who_is_refused_waits_up_to_a_minute_never_all_alike()
    {
        var pauses = Enumerable.Range(1, 200).Select(Twentieth).ToList();
        Assert.All(pauses, pause => Assert.InRange(pause, 1, 60));
        Assert.InRange(pauses.Average(), 8, 60);
        Assert.True(pauses.Distinct().Count() > 50);

        static double Twentieth(int box)
        {
            var pause = new ReconnectPause(new Random(box));
            return Enumerable.Range(0, 20).Select(_ => pause.After(new HubRefusalException("no"), TimeSpan.Zero, false).TotalSeconds).ToList()[^1];
        }
    }

    [Fact]
    public void What_cannot_be_reached_is_tried_every_five_seconds_at_most()
    {
        var pause = new ReconnectPause(new Random(1));
        var pauses = Enumerable.Range(0, 20).Select(_ => pause.After(Lost, TimeSpan.Zero, false).TotalSeconds).ToList();
        Assert.InRange(pauses[0], 0.05, 0.1);
        Assert.All(pauses[10..], seconds => Assert.InRange(seconds, 2.5, 5));
    }

    [Fact]
    public void Who_ends_a_session_himself_comes_back_at_once() =>
        Assert.Equal(TimeSpan.Zero, new ReconnectPause(new Random(1)).After(null, TimeSpan.FromDays(1), true));
}
