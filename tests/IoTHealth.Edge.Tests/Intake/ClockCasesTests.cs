using IoTHealth.Measurements;

namespace IoTHealth.Edge.Tests.Intake;

/// <summary>
/// Every way in which clocks are wrong, through intake and journal: none loses a reading or changes an id, none mis-dates silently,
/// and what is known later dates it right.
/// </summary>
public sealed class ClockCasesTests
{
    private const string Tokyo = "Asia/Tokyo";
    private const string Berlin = "Europe/Berlin";
    private const string NewYork = "America/New_York";

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);
    private static readonly TimeSpan Minutes = TimeSpan.FromMinutes(3);

    // Device clocks. Zone, hours ahead of the zone (reset: it shows the first days of 2000), whether the gateway looks at the clock when
    // it reads out, whether it sets it; then the basis, the flags that must be there, and how far off the instant may be, minutes (-1: any).
    public static TheoryData<string, string, double, bool, bool, TimeBasis, string, int> DeviceClocks => new()
    {
        { "right", Tokyo, 0, false, false, TimeBasis.DeviceLocal, "clock-unchecked", 2 },
        { "right, looked at", Tokyo, 0, true, false, TimeBasis.DeviceLocal, "", 2 },
        { "a minute off, looked at", Tokyo, 1 / 60.0, true, false, TimeBasis.DeviceLocal, "", 2 },
        { "reset to 2000-01-01", Tokyo, double.NaN, false, false, TimeBasis.DeviceDistrusted, "clock-distrusted", -1 },
        { "reset to 2000-01-01, looked at", Tokyo, double.NaN, true, false, TimeBasis.DeviceCorrected, "clock-corrected", 2 },
        { "reset to 2000-01-01, set", Tokyo, double.NaN, false, true, TimeBasis.DeviceCorrected, "clock-corrected", 2 },
        { "an hour fast, summer time left on", Berlin, 1, false, false, TimeBasis.DeviceLocal, "clock-unchecked", 60 },
        { "an hour slow, summer time not set", NewYork, -1, false, false, TimeBasis.DeviceLocal, "clock-unchecked", 60 },
        { "an hour fast, looked at", Berlin, 1, true, false, TimeBasis.DeviceCorrected, "clock-corrected clock-off-1h", 2 },
        { "an hour slow, looked at", NewYork, -1, true, false, TimeBasis.DeviceCorrected, "clock-corrected clock-off-1h", 2 },
        { "an hour slow, set", Tokyo, -1, false, true, TimeBasis.DeviceCorrected, "clock-corrected clock-off-1h", 2 },
        { "PM for AM", Tokyo, 12, false, false, TimeBasis.DeviceDistrusted, "clock-distrusted", -1 },
        { "PM for AM, looked at", Tokyo, 12, true, false, TimeBasis.DeviceCorrected, "clock-corrected clock-off-12h", 2 },
        { "AM for PM, looked at", Tokyo, -12, true, false, TimeBasis.DeviceCorrected, "clock-corrected clock-off-12h", 2 },
        { "AM for PM, set", Tokyo, -12, false, true, TimeBasis.DeviceCorrected, "clock-corrected clock-off-12h", 2 },
        { "a year ahead", Tokyo, 24 * 365, false, false, TimeBasis.DeviceDistrusted, "clock-distrusted", -1 },
        { "a year ahead, looked at", Tokyo, 24 * 365, true, false, TimeBasis.DeviceCorrected, "clock-corrected", 2 },
    };

    [Theory]
    [MemberData(nameof(DeviceClocks))]
    public async Task A_device_s_clock_is(
        string what, string zone, double hoursAhead, bool look, bool set, TimeBasis basis, string flags, int withinMinutes)
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", zone);
        await scene.BootAsync();
        scene.DeviceAhead = double.IsNaN(hoursAhead) ? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) - scene.Truth : TimeSpan.FromHours(hoursAhead);
        var reading = scene.Measure();
        scene.Wait(TimeSpan.FromMinutes(70));
        await scene.DeliverAsync(look, set);
        var known = scene.Known(reading);
        Assert.Equal(basis, known.Time.Basis);
        Assert.Subset(known.Flags.ToHashSet(StringComparer.Ordinal), flags.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet(StringComparer.Ordinal));
        Assert.True(withinMinutes < 0 || scene.ErrorOf(known) <= TimeSpan.FromMinutes(withinMinutes), $"{what}: off by {scene.ErrorOf(known)}");
        scene.HoldsThroughout();
    }

    [Fact]
    public async Task Half_a_day_into_the_future_is_recognised_and_without_a_look_only_said()
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo);
        await scene.BootAsync();
        scene.DeviceAhead = TimeSpan.FromHours(12);
        var reading = scene.Measure();
        await scene.DeliverAsync();
        Assert.Contains(ClockFlag.TwelveHoursOff, scene.Known(reading).Flags);
        Assert.Equal(TimeBasis.DeviceDistrusted, scene.Known(reading).Time.Basis);
        scene.HoldsThroughout();
    }

    [Fact]
    public async Task Setting_a_clock_leaves_the_readings_of_before_their_old_offset_also_those_that_come_later()
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo);
        await scene.BootAsync();
        scene.DeviceAhead = -Hour;
        var before = scene.Measure();
        scene.Wait(TimeSpan.FromMinutes(5));
        var late = scene.Measure();
        scene.Wait(TimeSpan.FromMinutes(5));

        // The clock is looked at and set before either has come.
        var kept = scene.TakeWaiting();
        await scene.DeliverAsync(set: true);
        scene.Wait(Hour);
        var after = scene.Measure();
        await scene.DeliverAsync(look: true);
        scene.PutBack(kept);
        await scene.DeliverAsync();
        Assert.All([before, late, after], id => Assert.True(scene.ErrorOf(scene.Known(id)) <= Minutes, scene.Known(id).ToString()));
        Assert.DoesNotContain(ClockFlag.Corrected, scene.Known(after).Flags);
        scene.HoldsThroughout();
    }

    [Fact]
    public async Task A_look_that_comes_later_dates_what_was_distrusted()
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo);
        await scene.BootAsync();
        scene.DeviceAhead = new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) - scene.Truth;
        var reading = scene.Measure();
        scene.Wait(Day);
        await scene.DeliverAsync();
        Assert.Equal(TimeBasis.DeviceDistrusted, scene.Stored(reading).Time.Basis);
        scene.Wait(Day);
        await scene.DeliverAsync(look: true);
        Assert.True(scene.ErrorOf(scene.Known(reading)) <= Minutes);
        scene.HoldsThroughout();
    }

    // The zone's change while the device does not follow; when the gateway looks; the hour at which it measures, true time.
    public static TheoryData<string, string, string, double> Changes => new()
    {
        { Berlin, "2027-10-31T00:30:00Z", "the hour that happens twice, first time", 2 },
        { Berlin, "2027-10-31T01:30:00Z", "the hour that happens twice, second time", 2 },
        { Berlin, "2027-03-28T01:30:00Z", "the hour that never happens", 1 },
        { NewYork, "2027-11-07T05:30:00Z", "the hour that happens twice, first time", -4 },
        { NewYork, "2027-11-07T06:30:00Z", "the hour that happens twice, second time", -4 },
        { NewYork, "2027-03-14T07:30:00Z", "the hour that never happens", -5 },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_zone_changes_and_the_device_does_not(string zone, string measured, string what, double keeps)
    {
        await using var scene = new ClockScene("2027-02-01T00:00:00Z", zone);
        await scene.BootAsync();
        scene.DeviceOffset = TimeSpan.FromHours(keeps);
        scene.Wait(DateTimeOffset.Parse(measured, System.Globalization.CultureInfo.InvariantCulture) - Day - scene.Truth);
        var dayBefore = scene.Measure();
        await scene.DeliverAsync(look: true);
        scene.Wait(Day);
        var inside = scene.Measure();
        scene.Wait(TimeSpan.FromMinutes(1));
        await scene.DeliverAsync();
        scene.Wait(Day);
        var dayAfter = scene.Measure();
        await scene.DeliverAsync(look: true);
        Assert.All([dayBefore, dayAfter], id => Assert.True(scene.ErrorOf(scene.Known(id)) <= Minutes, what));
        Assert.Contains(scene.Known(inside).Flags, MeasurementFlag.IsOfClock);
        scene.HoldsThroughout();
    }

    // Where the wall clock stands at boot, before a time service is up.
    public static TheoryData<string, string> Boots => new()
    {
        { "1970-01-01T00:00:05Z", ClockFlag.GatewayBehind },
        { "2000-01-01T00:00:05Z", ClockFlag.GatewayBehind },
        { "2026-12-03T04:10:00Z", ClockFlag.GatewayUnsynchronised },   // where it stood at the last shutdown
        { "2036-12-03T04:10:00Z", ClockFlag.GatewayUnsynchronised },
    };

    [Theory]
    [MemberData(nameof(Boots))]
    public async Task A_gateway_boots_before_its_time_service(string wall, string flag)
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo);
        await scene.BootAsync();
        scene.Measure(isTimed: false);
        await scene.DeliverAsync();
        scene.Wait(3 * Day);

        var ahead = DateTimeOffset.Parse(wall, System.Globalization.CultureInfo.InvariantCulture) - scene.Truth;
        await scene.BootAsync(ahead, synchronised: false);
        var unsure = scene.Measure(isTimed: false);
        await scene.DeliverAsync();
        Assert.Contains(flag, scene.Stored(unsure).Flags);
        Assert.Contains(flag, scene.Known(unsure).Flags);
        scene.Wait(TimeSpan.FromMinutes(10));
        await scene.SetWallAsync(TimeSpan.Zero, synchronised: true);
        Assert.True(scene.ErrorOf(scene.Known(unsure)) <= TimeSpan.FromSeconds(5), scene.Known(unsure).ToString());
        Assert.DoesNotContain(scene.Known(unsure).Flags, MeasurementFlag.IsOfClock);

        // Another boot, and no time service in it: nobody knows, and it says so.
        scene.Wait(Day);
        await scene.BootAsync(ahead, synchronised: false);
        var never = scene.Measure(isTimed: false);
        await scene.DeliverAsync();
        await scene.BootAsync();
        Assert.Contains(flag, scene.Known(never).Flags);
        Assert.Equal(MeasurementTime.Unbounded, scene.Known(never).Time.Uncertainty);
        scene.HoldsThroughout();
    }

    // The wall clock is set wrong by hand, which a kernel counts as unsynchronised, and right again by a time service.
    [Theory]
    [InlineData(-1.0)]
    [InlineData(-24.0 * 400)]
    [InlineData(12.0)]
    [InlineData(24.0 * 365 * 10)]
    public async Task A_gateway_s_clock_steps_and_comes_back(double hours)
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo) { TellsOffset = true };
        await scene.BootAsync();
        List<MeasurementId> readings = [scene.Measure(isTimed: false), scene.Measure()];
        await scene.DeliverAsync();
        scene.Wait(TimeSpan.FromMinutes(30));
        await scene.SetWallAsync(TimeSpan.FromHours(hours), synchronised: false);
        readings.AddRange([scene.Measure(isTimed: false), scene.Measure()]);
        await scene.DeliverAsync();
        scene.Wait(TimeSpan.FromMinutes(30));
        readings.AddRange([scene.Measure(isTimed: false), scene.Measure()]);
        await scene.DeliverAsync();
        await scene.SetWallAsync(TimeSpan.Zero, synchronised: true);
        readings.AddRange([scene.Measure(isTimed: false), scene.Measure()]);
        await scene.DeliverAsync();
        Assert.All(readings, id => Assert.True(scene.ErrorOf(scene.Known(id)) <= TimeSpan.FromSeconds(5), scene.Known(id).ToString()));
        Assert.All(readings, id => Assert.DoesNotContain(ClockFlag.GatewayBehind, scene.Known(id).Flags));

        // What stood in the future once is no floor for the next boot.
        await scene.BootAsync();
        var next = scene.Measure();
        await scene.DeliverAsync();
        Assert.DoesNotContain(scene.Stored(next).Flags, MeasurementFlag.IsOfClock);
        scene.HoldsThroughout();
    }

    [Fact]
    public async Task A_gateway_that_is_behind_does_not_believe_any_future()
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo) { TellsOffset = true };
        await scene.BootAsync(-40 * 365 * Day, synchronised: false);
        var right = scene.Measure();
        scene.DeviceAhead = 200 * 365 * Day;
        var wrong = scene.Measure();
        await scene.DeliverAsync();
        Assert.Equal(TimeBasis.DeviceZoned, scene.Stored(right).Time.Basis);
        Assert.Equal(TimeBasis.DeviceDistrusted, scene.Stored(wrong).Time.Basis);
        scene.IsSynchronised = false;
        Assert.Contains(ClockFlag.GatewayBehind, scene.Stored(right).Flags);
    }

    // Minutes the robot's clock is ahead, minutes its line takes, seconds from one reading to the next, whether it is suspected. It tells its offset.
    public static TheoryData<string, double, double, int, bool> Robots => new()
    {
        { "right", 0, 0, 30, false },
        { "a little slow", -1, 0, 30, false },
        { "five minutes slow", -5, 0, 30, true },
        { "an hour slow", -60, 0, 30, true },
        { "an hour slow, a reading every ten minutes", -60, 0, 600, true },
        { "twelve hours slow", -720, 0, 30, true },
        { "right, and its line takes twenty minutes", 0, 20, 30, true },
        { "an hour slow, and its line takes twenty minutes", -60, 20, 30, true },
    };

    [Theory]
    [MemberData(nameof(Robots))]
    public async Task A_robot_that_streams_is(string what, double minutesAhead, double lineMinutes, int everySeconds, bool isSuspected)
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo) { TellsOffset = true };
        await scene.BootAsync();
        scene.DeviceAhead = TimeSpan.FromMinutes(minutesAhead);
        var (every, line) = (TimeSpan.FromSeconds(everySeconds), TimeSpan.FromMinutes(lineMinutes));
        var ids = await scene.StreamAsync(12, every, line);
        Assert.All(ids, id => Assert.True(isSuspected == scene.Known(id).Flags.Contains(ClockFlag.Suspected), what));

        // Doubt corrects nothing, and is in what is stored from then on.
        Assert.All(ids, id => Assert.Equal(TimeBasis.DeviceZoned, scene.Known(id).Time.Basis));
        Assert.Equal(isSuspected, scene.Stored((await scene.StreamAsync(1, every, line))[0]).Flags.Contains(ClockFlag.Suspected));
        if (what != "a little slow")
        {
            scene.HoldsThroughout(onlyAsKnown: true);
        }

        // Set right, by a quick line: that ends it, also for what comes late after it, and what was doubted stays so.
        scene.DeviceAhead = TimeSpan.Zero;
        scene.Wait(Hour);
        var right = await scene.StreamAsync(3, every);
        scene.Wait(Hour);
        var late = scene.Measure();
        scene.Wait(Hour);
        await scene.DeliverAsync();
        Assert.All(right.Append(late), id => Assert.DoesNotContain(scene.Known(id).Flags, MeasurementFlag.IsOfClock));
        Assert.True(isSuspected == scene.Known(ids[0]).Flags.Contains(ClockFlag.Suspected), what);
        if (what != "a little slow")
        {
            scene.HoldsThroughout(onlyAsKnown: true);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(55)]
    public async Task A_robot_that_tells_a_backlog_is_not_slow(int secondsBetweenUploads)
    {
        await using var scene = new ClockScene("2026-12-03T04:00:00Z", Tokyo) { TellsOffset = true };
        await scene.BootAsync();
        var kept = new Queue<IReadOnlyList<(int, DateTimeOffset, DeviceTime?)>>();
        var ids = new List<MeasurementId>();
        for (var i = 0; i < 60; i++)
        {
            ids.Add(scene.Measure());
            kept.Enqueue(scene.TakeWaiting());
            scene.Wait(TimeSpan.FromMinutes(1));
        }

        while (kept.TryDequeue(out var one))
        {
            scene.PutBack(one);
            await scene.DeliverAsync();
            scene.Wait(TimeSpan.FromSeconds(secondsBetweenUploads));
        }

        ids.AddRange(await scene.StreamAsync(20, TimeSpan.FromSeconds(30)));
        Assert.All(ids, id => Assert.DoesNotContain(scene.Known(id).Flags, MeasurementFlag.IsOfClock));
        scene.HoldsThroughout();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(12)]
    [InlineData(double.NaN)]
    public async Task A_meter_read_by_two_gateways_with_different_clocks_is_one_reading(double hoursAhead)
    {
        await using var one = new ClockScene("2026-12-03T04:00:00Z", Tokyo);
        await using var other = new ClockScene("2026-12-03T04:00:00Z", Tokyo, "gw-02");
        await one.BootAsync();
        await other.BootAsync(TimeSpan.FromMinutes(-47), synchronised: false);
        one.DeviceAhead = double.IsNaN(hoursAhead) ? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero) - one.Truth : TimeSpan.FromHours(hoursAhead);
        other.DeviceAhead = one.DeviceAhead;
        static MeasurementId Measure(ClockScene scene)
        {
            var id = scene.Measure();
            scene.Wait(TimeSpan.FromMinutes(5));
            return id;
        }

        Assert.Equal(Measure(one), Measure(other));
        var reading = Measure(one);
        Measure(other);
        await one.DeliverAsync(look: true);
        await other.DeliverAsync(look: true);
        Assert.Equal(WireForm.RevisionOf(one.Stored(reading)), WireForm.RevisionOf(other.Stored(reading)));
        await other.SetWallAsync(TimeSpan.Zero, synchronised: true);
        var apart = (one.Known(reading).Time.Instant - other.Known(reading).Time.Instant).Duration();
        Assert.True(apart <= TimeSpan.FromSeconds(5), $"{one.Known(reading)} {other.Known(reading)}");
        one.HoldsThroughout();
        other.HoldsThroughout();
    }
}
