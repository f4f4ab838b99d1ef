namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>A resident's own heart and breath around personal base values, and how sleep moves them.</summary>
internal sealed record Body(ulong Seed, double HeartRate, double RespirationRate)
{
    private const long TurnWindowSeconds = 600;
    private const long HiddenSeconds = 20;

    public static Body Draw(ulong seed)
    {
        var own = Noise.Seed(seed, "body");
        return new Body(own, Noise.Between(own, 0, 54, 74), Noise.Between(own, 1, 12, 17));
    }

    public NightMoment At(SleepStage stage, TimeSpan time)
    {
        var second = time.Ticks / TimeSpan.TicksPerSecond;
        var turned = SecondsIntoTurn(stage, second);
        var (heart, breath) = stage switch
        {
            SleepStage.Awake => (6.0, 2.0),
            SleepStage.Deep => (-5.0, -1.5),
            SleepStage.Rem => (3.0, 1.5),
            _ => (0.0, 0.0),
        };
        var drift = 2 * Math.Sin(time.TotalMinutes / 23 * Math.Tau);
        var effort = turned is null ? 0 : 6;
        return new NightMoment(
            stage,
            turned < HiddenSeconds ? null : Round(HeartRate + heart + drift + effort + Noise.Between(Seed, second, -1.5, 1.5), ResidentNight.LowestHeartRate, ResidentNight.HighestHeartRate),
            turned < HiddenSeconds ? null : Round(RespirationRate + breath + Noise.Between(Seed, ~second, -1, 1), ResidentNight.LowestRespirationRate, ResidentNight.HighestRespirationRate),
            (int)(turned is null ? Noise.Between(Seed, second, 0, 4) : Noise.Between(Seed, second, 12, 40)));
    }

    /// <summary>Seconds since the sleeper began to turn over, or null while lying still.</summary>
    private long? SecondsIntoTurn(SleepStage stage, long second)
    {
        var window = second / TurnWindowSeconds;
        var own = Noise.Seed(Seed, "turn");
        var likely = stage switch { SleepStage.Awake => 1.0, SleepStage.Deep => 0.15, _ => 0.5 };
        var start = (long)Noise.Between(own, 2 * window, 0, TurnWindowSeconds - 90);
        var into = (second % TurnWindowSeconds) - start;
        return Noise.At(own, (2 * window) + 1) < likely && into is >= 0 and < 75 ? into : null;
    }

    private static int Round(double value, int lowest, int highest) => Math.Clamp((int)Math.Round(value), lowest, highest);
}
