using CsCheck;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.Tests.WatchOverRobot;

public sealed class ResidentNightTests
{
    private static readonly Gen<TimeSpan> Times = Gen.Long[0, 5 * ResidentNight.Length.Ticks].Select(ticks => new TimeSpan(ticks));

    [Fact]
    public void The_same_seed_gives_the_same_night_in_any_order_of_asking() => Gen.ULong.Select(Times.Array[2, 50]).Sample((seed, times) =>
    {
        var (one, other) = (new ResidentNight(seed), new ResidentNight(seed));
        NightMoment[] forward = [.. times.Select(one.At)];
        NightMoment[] backward = [.. times.Reverse().Select(other.At)];
        return forward.SequenceEqual(backward.Reverse());
    });

    [Fact]
    public void Another_seed_gives_another_night() => Gen.ULong.Sample(seed =>
    {
        var (one, other) = (new ResidentNight(seed), new ResidentNight(seed + 1));
        return Enumerable.Range(0, 200).Select(n => TimeSpan.FromSeconds(n * 37)).Any(t => one.At(t) != other.At(t));
    });

    [Fact]
    public void What_is_measured_stays_within_a_sleeping_body() => Gen.ULong.Select(Times).Sample((seed, time) =>
    {
        var seen = new ResidentNight(seed).At(time);
        return seen.InBed
            ? (seen.HeartRate is null or (>= ResidentNight.LowestHeartRate and <= ResidentNight.HighestHeartRate))
                && (seen.RespirationRate is null or (>= ResidentNight.LowestRespirationRate and <= ResidentNight.HighestRespirationRate))
                && seen.Motion is >= 0 and <= 40
            : seen is { HeartRate: 0, RespirationRate: 0, Motion: 0 };
    });

    [Fact]
    public void Every_walk_begins_with_one_bed_exit_and_ends_back_in_bed() => Gen.ULong.Sample(seed =>
    {
        var night = new ResidentNight(seed);
        NightEvent[] exits = [.. night.EventsBetween(TimeSpan.Zero, ResidentNight.Length).Where(e => e.Kind == NightEventKind.BedExit)];
        var second = TimeSpan.FromSeconds(1);
        Assert.InRange(exits.Length, 1, 3);
        Assert.All(exits, exit => Assert.True(night.At(exit.At - second).InBed && !night.At(exit.At).InBed));
        Assert.Equal(exits.Length, Changes(night, fromInBed: true));
        Assert.Equal(exits.Length, Changes(night, fromInBed: false));
    }, iter: 50);

    [Fact]
    public void A_fall_happens_out_of_bed_in_some_nights_and_not_in_most()
    {
        var night = new ResidentNight(7);
        NightEvent[] falls = [.. night.EventsBetween(TimeSpan.Zero, 200 * ResidentNight.Length).Where(e => e.Kind == NightEventKind.Fall)];
        Assert.InRange(falls.Length, 20, 70);
        Assert.All(falls, fall => Assert.False(night.At(fall.At).InBed));
    }

    [Fact]
    public void Asking_in_pieces_finds_each_event_once() => Gen.ULong.Select(Gen.Int[1, 20_000]).Sample((seed, stepSeconds) =>
    {
        var (night, end, step) = (new ResidentNight(seed), 2 * ResidentNight.Length, TimeSpan.FromSeconds(stepSeconds));
        var pieces = Enumerable.Range(0, (int)Math.Ceiling(end / step))
            .SelectMany(n => night.EventsBetween(n * step, TimeSpan.FromTicks(Math.Min(end.Ticks, ((n + 1) * step).Ticks))));
        return night.EventsBetween(TimeSpan.Zero, end).SequenceEqual(pieces);
    }, iter: 50);

    [Fact]
    public void Sleep_moves_the_heart()
    {
        var night = new ResidentNight(3);
        var seen = Enumerable.Range(0, 28_800).Select(second => night.At(TimeSpan.FromSeconds(second))).Where(m => m.HeartRate > 0).ToLookup(m => m.Stage, m => m.HeartRate!.Value);
        Assert.True(seen[SleepStage.Deep].Average() < seen[SleepStage.Light].Average() - 2);
        Assert.True(seen[SleepStage.Awake].Average() > seen[SleepStage.Light].Average() + 2);
    }

    private static int Changes(ResidentNight night, bool fromInBed)
    {
        var inBed = Enumerable.Range(0, (int)ResidentNight.Length.TotalSeconds).Select(second => night.At(TimeSpan.FromSeconds(second)).InBed).ToArray();
        return inBed.Zip(inBed.Skip(1)).Count(pair => pair.First == fromInBed && pair.Second != fromInBed);
    }
}
