using CsCheck;
using IoTHealth.Cloud.Hub;
using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Tests.Hub;

public sealed class ResendPlanTests
{
    private readonly ResendPlan _plan = new(TimeSpan.FromMinutes(1));

    [Fact]
    public void A_run_is_asked_for_once_it_stayed_missing_for_the_patience()
    {
        Assert.Empty(Look(0, (5, 9)));
        Assert.Empty(Look(59, (5, 9)));
        Assert.Equal([new Interval(5, 9)], Look(60, (5, 9)));
    }

    [Fact]
    public void A_backlog_that_is_draining_is_not_asked_for()
    {
        for (var second = 0; second <= 600; second += 15)
        {
            Assert.Empty(Look(second, (1_000 + second, 90_000)));
        }
    }

    [Fact]
    public void A_hole_is_asked_for_while_the_backlog_behind_it_drains()
    {
        for (var second = 0; second < 60; second += 15)
        {
            Look(second, (5, 9), (1_000 + second, 90_000));
        }

        Assert.Equal([new Interval(5, 9)], Look(60, (5, 9), (1_060, 90_000)));
    }

    [Fact]
    public void Pauses_double_up_to_an_hour()
    {
        Look(0, (5, 9));
        var asked = new List<int>();
        for (var minute = 1; minute <= 400; minute++)
        {
            var due = Look(minute * 60, (5, 9));
            if (due.Count > 0)
            {
                _plan.Asked(due, TimeSpan.FromMinutes(minute));
                asked.Add(minute);
            }
        }

        Assert.Equal([1, 3, 7, 15, 31, 63, 123, 183, 243, 303, 363], asked);
    }

    [Fact]
    public void Whoever_comes_is_asked_at_once_and_coming_often_asks_no_oftener()
    {
        Assert.Equal([new Interval(5, 9)], _plan.Look([new Interval(5, 9)], TimeSpan.Zero, isKnownMissing: true));
        _plan.Asked([new Interval(5, 9)], TimeSpan.Zero);
        for (var second = 1; second < 120; second++)
        {
            Assert.Empty(_plan.Look([new Interval(5, 9)], TimeSpan.FromSeconds(second), isKnownMissing: true));
        }

        Assert.Single(_plan.Look([new Interval(5, 9)], TimeSpan.FromSeconds(120), isKnownMissing: true));
    }

    [Fact]
    public void What_a_gateway_never_answers_does_not_keep_the_rest_from_being_asked()
    {
        var missing = Enumerable.Range(0, 2_500).Select(n => new Interval(n * 2 + 1, n * 2 + 1)).ToList();
        _plan.Look(missing, TimeSpan.Zero);
        var asked = new HashSet<Interval>();
        for (var minute = 1; minute <= 3; minute++)
        {
            var due = _plan.Look(missing, TimeSpan.FromMinutes(minute));
            Assert.InRange(due.Count, 1, ResendPlan.RunsMaximum);
            _plan.Asked(due, TimeSpan.FromMinutes(minute));
            asked.UnionWith(due);
        }

        Assert.Equal(missing.Count, asked.Count);
    }

    [Fact]
    public void Whatever_comes_when_no_run_is_asked_for_that_is_not_missing_and_none_twice_within_the_patience() => Gen.Select(
        Gen.Int[0, 30], Gen.Int[0, 30], Gen.Bool).Array[1, 60].Sample(steps =>
    {
        var plan = new ResendPlan(TimeSpan.FromMinutes(1));
        var (now, last) = (TimeSpan.Zero, new Dictionary<Interval, TimeSpan>());
        foreach (var (seconds, received, hasCome) in steps)
        {
            now += TimeSpan.FromSeconds(seconds);
            var missing = new IntervalSet([new Interval(received + 1, received + 1)]).Missing(1, 30).ToList();
            var due = plan.Look(missing, now, hasCome);
            Assert.All(due, run => Assert.Contains(run, missing));
            plan.Asked(due, now);
            foreach (var key in last.Keys.Except(missing).ToList())
            {
                last.Remove(key);
            }

            Assert.All(due, run => Assert.True(now - last.GetValueOrDefault(run, TimeSpan.MinValue / 2) >= TimeSpan.FromMinutes(1)));
            due.ToList().ForEach(run => last[run] = now);
        }
    });

    private IReadOnlyList<Interval> Look(int second, params (long From, long To)[] missing) =>
        _plan.Look(missing.Select(run => new Interval(run.From, run.To)), TimeSpan.FromSeconds(second));
}
