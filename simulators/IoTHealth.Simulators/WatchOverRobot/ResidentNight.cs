namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>
/// A resident's nights: falling asleep, stages, turns, walks to the toilet, now and then a fall. Pure: the same seed and
/// the same simulated time give the same answer, in any order of asking.
/// </summary>
public sealed class ResidentNight(ulong seed)
{
    public const int LowestHeartRate = 38;
    public const int HighestHeartRate = 110;
    public const int LowestRespirationRate = 8;
    public const int HighestRespirationRate = 26;

    /// <summary>From one evening to the next.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromHours(8);

    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Cycle = TimeSpan.FromMinutes(90);
    private readonly Body _body = Body.Draw(seed);
    private (long Night, NightPlan Plan)? _last;

    /// <summary>The resident at a simulated time since the first evening.</summary>
    public NightMoment At(TimeSpan time)
    {
        var (plan, into) = Locate(time);
        var stage = StageAt(plan, into);
        return stage == SleepStage.OutOfBed ? new NightMoment(stage, 0, 0, 0) : _body.At(stage, time);
    }

    /// <summary>What happens in [from, to), in order.</summary>
    public IEnumerable<NightEvent> EventsBetween(TimeSpan from, TimeSpan to)
    {
        for (var night = from.Ticks / Length.Ticks; night * Length < to; night++)
        {
            foreach (var what in EventsOf(night).Where(e => e.At >= from && e.At < to))
            {
                yield return what;
            }
        }
    }

    private IEnumerable<NightEvent> EventsOf(long night)
    {
        var evening = night * Length;
        foreach (var walk in PlanOf(night).Walks)
        {
            yield return new NightEvent(evening + walk.Start, NightEventKind.BedExit);
            if (walk.Fall is { } fall)
            {
                yield return new NightEvent(evening + fall, NightEventKind.Fall);
            }
        }
    }

    private static SleepStage StageAt(NightPlan plan, TimeSpan into)
    {
        foreach (var walk in plan.Walks)
        {
            if (into >= walk.Start && into < walk.End + Settling)
            {
                return into < walk.End ? SleepStage.OutOfBed : SleepStage.Awake;
            }
        }

        return into < plan.Onset ? SleepStage.Awake : StageOfCycle((into - plan.Onset).Ticks % Cycle.Ticks / (double)Cycle.Ticks);
    }

    private static SleepStage StageOfCycle(double part) => part switch
    {
        < 0.45 => SleepStage.Light,
        < 0.72 => SleepStage.Deep,
        < 0.80 => SleepStage.Light,
        _ => SleepStage.Rem,
    };

    private (NightPlan Plan, TimeSpan Into) Locate(TimeSpan time) =>
        (PlanOf(time.Ticks / Length.Ticks), TimeSpan.FromTicks(time.Ticks % Length.Ticks));

    private NightPlan PlanOf(long night)
    {
        if (_last is not { } last || last.Night != night)
        {
            _last = last = (night, NightPlan.Draw(Noise.Seed(seed + (ulong)night, "night")));
        }

        return last.Plan;
    }
}
