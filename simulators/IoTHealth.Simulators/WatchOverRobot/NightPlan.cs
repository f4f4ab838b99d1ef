namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>One walk to the toilet: from the bed exit until the resident lies down again.</summary>
internal readonly record struct Walk(TimeSpan Start, TimeSpan Length, TimeSpan? Fall)
{
    public TimeSpan End => Start + Length;
}

/// <summary>What one night will bring, times since its evening.</summary>
internal sealed record NightPlan(TimeSpan Onset, IReadOnlyList<Walk> Walks)
{
    private const double FallsPerNight = 0.2;
    private static readonly TimeSpan FirstWalkAfter = TimeSpan.FromMinutes(60);
    private static readonly TimeSpan Help = TimeSpan.FromMinutes(15);

    /// <summary>Longest walk including help after a fall.</summary>
    public static readonly TimeSpan LongestWalk = TimeSpan.FromMinutes(27);

    public static NightPlan Draw(ulong seed)
    {
        var walks = 1 + (int)(Noise.At(seed, 0) * 3);
        var falls = Noise.At(seed, 1) < FallsPerNight;
        return new NightPlan(
            TimeSpan.FromMinutes(Noise.Between(seed, 2, 8, 40)),
            [.. Enumerable.Range(0, walks).Select(n => DrawWalk(seed, n, walks, falls && n == walks - 1))]);
    }

    // Each walk has its own part of the night, so that walks never meet.
    private static Walk DrawWalk(ulong seed, int number, int walks, bool falls)
    {
        var part = (ResidentNight.Length - FirstWalkAfter) / walks;
        var start = FirstWalkAfter + (part * number) + ((part - LongestWalk - TimeSpan.FromMinutes(5)) * Noise.At(seed, 10 + number));
        var length = TimeSpan.FromMinutes(Noise.Between(seed, 20 + number, 3, 12));
        return falls ? new Walk(start, length + Help, start + (length * 0.5)) : new Walk(start, length, null);
    }
}
