using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Uplink;

/// <summary>
/// Finds the entry on which the hub always breaks the session. What was under way when a session broke is sent again alone. Where that
/// fails again and again while other messages pass in between, it is halved, down to the single entry. What merely takes
/// too long proves nothing, unless it is small.
/// </summary>
internal sealed class Suspects(TimeProvider time)
{
    private const int Maximum = 16;
    private const int StrikesToHalve = 2;
    private const int StrikesToConvict = 8;

    /// <summary>Larger bodies may be too much for a slow line.</summary>
    private const int SmallBytes = 16_000;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private readonly LinkedList<Suspect> _suspects = [];

    /// <summary>Positions that go by trial only.</summary>
    public IEnumerable<Interval> Held => _suspects.SelectMany(suspect => suspect.Runs);

    /// <summary>How long until the next may be tried; null where there is none.</summary>
    public TimeSpan? Wait => _suspects.Count == 0 ? null : _suspects.Min(suspect => suspect.Due) - time.GetElapsedTime(0) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    /// <summary>The one to be tried now.</summary>
    public Portion? Due()
    {
        var now = time.GetElapsedTime(0);
        return _suspects.FirstOrDefault(suspect => suspect.Due <= now) is { } due ? new Portion(Lane.Trial, due.Runs) : null;
    }

    /// <summary>A message passed: it clears what is in it, and shows that the others' failures are their own.</summary>
    public void Passed(Outgoing outgoing)
    {
        if (_suspects.Count == 0)
        {
            return;
        }

        if (outgoing.Lane == Lane.Trial)
        {
            Cut(outgoing);
            _suspects.RemoveFirst();
        }

        foreach (var suspect in _suspects)
        {
            suspect.OthersPassed |= outgoing.IsMessage;
        }
    }

    /// <summary>A message was under way when its session broke.</summary>
    /// <returns>The position of an entry that is found to be the cause, else null.</returns>
    public long? Failed(Outgoing outgoing, Exception failure)
    {
        if (outgoing.Packed is null)
        {
            return null;
        }

        if (outgoing.Lane != Lane.Trial)
        {
            Suspect(outgoing);
            return null;
        }

        var suspect = Cut(outgoing);
        var isProof = failure is not (TimeoutException or OperationCanceledException) || outgoing.Packed.Body.Length <= SmallBytes;
        if (isProof && suspect.OthersPassed)
        {
            suspect.Strikes++;
            suspect.OthersPassed = false;
        }

        suspect.Due = time.GetElapsedTime(0) + Backoff.Of(suspect.Tries++, FirstPause, LongestPause);
        return Judge(suspect);
    }

    // Alarms come first here too.
    private void Suspect(Outgoing outgoing)
    {
        var suspect = new Suspect([.. outgoing.Sent]);
        if (outgoing.Lane == Lane.Alarm)
        {
            _suspects.AddFirst(suspect);
        }
        else
        {
            _suspects.AddLast(suspect);
        }

        // Who is forgotten goes with the others again.
        if (_suspects.Count > Maximum)
        {
            _suspects.Remove(_suspects.LastOrDefault(other => other.Strikes == 0) ?? suspect);
        }
    }

    // Only what was in the message was tried; the tried one is put first.
    private Suspect Cut(Outgoing outgoing)
    {
        var tried = _suspects.First(suspect => suspect.Runs[0].From == outgoing.All.Min(run => run.From));
        _suspects.Remove(tried);
        var rest = new IntervalSet(tried.Runs);
        foreach (var run in outgoing.All)
        {
            rest.Remove(run.From, run.To);
        }

        if (rest.Runs > 0)
        {
            _suspects.AddFirst(new Suspect([.. rest]) { OthersPassed = tried.OthersPassed });
        }

        tried.Runs = outgoing.Sent.Count > 0 ? outgoing.Sent : [.. outgoing.Gone];
        _suspects.AddFirst(tried);
        return tried;
    }

    private long? Judge(Suspect suspect)
    {
        var count = suspect.Runs.Sum(run => run.Count);
        if (suspect.Strikes < (count == 1 ? StrikesToConvict : StrikesToHalve))
        {
            return null;
        }

        _suspects.Remove(suspect);
        if (count == 1)
        {
            return suspect.Runs[0].From;
        }

        foreach (var half in Halves(suspect.Runs, count / 2))
        {
            _suspects.AddFirst(new Suspect(half));
        }

        return null;
    }

    private static IEnumerable<IReadOnlyList<Interval>> Halves(IReadOnlyList<Interval> runs, long first)
    {
        var (left, right) = (new List<Interval>(), new List<Interval>());
        foreach (var run in runs)
        {
            var here = Math.Min(first, run.Count);
            first -= here;
            if (here > 0)
            {
                left.Add(run with { To = run.From + here - 1 });
            }

            if (here < run.Count)
            {
                right.Add(run with { From = run.From + here });
            }
        }

        return [right, left];
    }
}
