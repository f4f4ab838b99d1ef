using IoTHealth.Measurements;

namespace IoTHealth.Cloud.Hub;

/// <summary>
/// Which of one journal's missing runs to ask for again. A run that changed since the last look is on its way, and nobody asks
/// for it; one that stayed as it was for the patience is asked for, and again after pauses that double up to an hour. Not
/// thread-safe.
/// </summary>
/// <param name="patience">How long a run must have been missing without anything of it coming.</param>
internal sealed class ResendPlan(TimeSpan patience)
{
    /// <summary>Runs of one request.</summary>
    public const int RunsMaximum = 1_000;

    /// <summary>Runs that are watched at once; the first ones where there are more.</summary>
    public const int WatchedMaximum = 10_000;

    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private Dictionary<Interval, Watched> _runs = [];

    /// <summary>Looks at what is missing now.</summary>
    /// <param name="missing">The missing runs, ascending.</param>
    /// <param name="now">A clock that only goes on.</param>
    /// <param name="isKnownMissing">What is missing was missing before too (the gateway has just come): nothing is waited for.</param>
    /// <returns>The runs to ask for, longest unasked first, at most <see cref="RunsMaximum"/>.</returns>
    public IReadOnlyList<Interval> Look(IEnumerable<Interval> missing, TimeSpan now, bool isKnownMissing = false)
    {
        var first = now + (isKnownMissing ? TimeSpan.Zero : patience);
        _runs = missing.Take(WatchedMaximum).ToDictionary(run => run, run => _runs.GetValueOrDefault(run) ?? new Watched(first, 0));
        return [.. _runs.Where(run => run.Value.Next <= now || (isKnownMissing && run.Value.Attempts == 0))
            .OrderBy(run => run.Value.Next).ThenBy(run => run.Key.From).Take(RunsMaximum).Select(run => run.Key)];
    }

    /// <summary>Notes that the gateway was asked, whatever it answered.</summary>
    public void Asked(IEnumerable<Interval> runs, TimeSpan now)
    {
        foreach (var run in runs)
        {
            var attempts = _runs[run].Attempts + 1;
            var pause = patience * Math.Pow(2, Math.Min(attempts, 20));
            _runs[run] = new Watched(now + (pause < LongestPause ? pause : LongestPause), attempts);
        }
    }

    /// <param name="Next">When to ask, the first or the next time.</param>
    /// <param name="Attempts">How often it was asked for.</param>
    private sealed record Watched(TimeSpan Next, int Attempts);
}
