namespace IoTHealth.Measurements;

/// <summary>An instant that a reading may have been taken at.</summary>
/// <param name="Instant">UTC.</param>
/// <param name="Reading">How the device's clock was read.</param>
/// <param name="IsDoubt">Nothing speaks for it but that it cannot be excluded.</param>
/// <param name="IsInferred">It follows from how late readings come.</param>
internal readonly record struct PossibleInstant(DateTimeOffset Instant, ClockReading Reading, bool IsDoubt, bool IsInferred = false);

/// <summary>
/// What is known of one device's clock: stretches of true time between the looks at it. Between two looks the clock was read as
/// the one says or as the other; before the first and after the last as that one says, unless somebody has set it since.
/// </summary>
internal sealed class DeviceClockHistory
{
    /// <summary>A slow clock that was inferred casts doubt on what lies this near, unless something else was inferred in between.</summary>
    private static readonly TimeSpan InferredReach = TimeSpan.FromDays(1);

    private readonly record struct Look(TrueTime At, ClockReading? Before, bool IsSet)
    {
        public ClockReading? After => IsSet ? ClockReading.FollowsZone : Before;
    }

    private readonly record struct Stretch(DateTimeOffset From, DateTimeOffset To, ClockReading? Start, ClockReading? End)
    {
        public bool IsOpen => From == DateTimeOffset.MinValue || To == DateTimeOffset.MaxValue;

        public bool IsRight => Start == ClockReading.FollowsZone && End == ClockReading.FollowsZone;

        public bool Holds(DateTimeOffset instant) =>
            instant >= Calendar.Clamp(From, -ClockReading.Tolerance) && instant <= Calendar.Clamp(To, ClockReading.Tolerance);
    }

    private readonly List<Stretch> _stretches = [];
    private readonly List<(DateTimeOffset At, ClockReading Reading)> _inferred;

    /// <param name="entries">Looks, and when they were made; null where nobody knows, and then they tell nothing.</param>
    public DeviceClockHistory(IEnumerable<(ClockEntry.Device Entry, TrueTime? At)> entries)
    {
        var dated = entries.Where(one => one.At is not null).Select(one => (one.Entry, At: one.At!.Value)).ToList();
        var looks = dated.Where(one => !one.Entry.IsInferred)
            .Select(one => new Look(
                one.At, one.Entry.Shown is { } shown ? ClockReading.Of(shown, one.Entry.AssumedOffset, one.At.Instant) : null, one.Entry.IsSet))
            .OrderBy(look => look.At.Instant).ThenBy(look => look.IsSet).ThenBy(look => look.Before?.Error).ToList();
        _inferred = [.. dated.Where(one => one.Entry is { IsInferred: true, Shown: not null })
            .Select(one => (one.At.Instant, ClockReading.Of(one.Entry.Shown!, one.Entry.AssumedOffset, one.At.Instant)))
            .OrderBy(one => one.Item1).ThenBy(one => one.Item2.Error).ThenBy(one => one.Item2.Fixed)];
        HasLooks = looks.Any(look => look.Before is not null || look.IsSet);
        for (var i = 0; i <= looks.Count && HasLooks; i++)
        {
            Add(new Stretch(
                i == 0 ? DateTimeOffset.MinValue : looks[i - 1].At.Instant, i == looks.Count ? DateTimeOffset.MaxValue : looks[i].At.Instant,
                i == 0 ? looks[0].Before : looks[i - 1].After, i == looks.Count ? looks[^1].After : looks[i].Before));
        }
    }

    /// <summary>Whether anybody has looked at this clock.</summary>
    public bool HasLooks { get; }

    /// <summary>Whether the clock followed its zone at every look, or nobody has looked.</summary>
    public bool IsRight => _stretches.All(stretch => stretch.IsRight);

    /// <summary>What was inferred last: when, and how slow the clock may be; zero where it is no more.</summary>
    public (DateTimeOffset At, TimeSpan Lag)? Suspicion => _inferred.Count == 0 ? null : (_inferred[^1].At, -_inferred[^1].Reading.Error);

    /// <summary>Every instant at which a reading of this clock may have been taken.</summary>
    /// <param name="wall">What the clock showed.</param>
    /// <param name="offset">Its offset from UTC where it follows its zone.</param>
    public IEnumerable<PossibleInstant> Instants(DateTime wall, TimeSpan offset)
    {
        var byZone = ClockReading.FollowsZone.Instant(wall, offset);
        if (!HasLooks && byZone is { } only)
        {
            yield return new PossibleInstant(only, ClockReading.FollowsZone, IsDoubt: false);
        }

        foreach (var stretch in _stretches)
        {
            foreach (var reading in new[] { stretch.Start, stretch.End }.OfType<ClockReading>().Distinct())
            {
                if (reading.Instant(wall, offset) is { } instant && stretch.Holds(instant))
                {
                    yield return new PossibleInstant(instant, reading, IsDoubt: false);
                }
            }

            // It may have been right once, or be right again; a clock without a date may be anything.
            if (!stretch.IsRight && (stretch.IsOpen || stretch.Start is null || stretch.End is null) && byZone is { } right && stretch.Holds(right))
            {
                yield return new PossibleInstant(right, ClockReading.FollowsZone, IsDoubt: true);
            }
        }

        for (var i = 0; i < _inferred.Count; i++)
        {
            var (at, reading) = _inferred[i];
            if (reading != ClockReading.FollowsZone && reading.Instant(wall, offset) is { } instant && (instant - at).Duration() <= InferredReach &&
                (i == 0 || instant >= _inferred[i - 1].At) && (i == _inferred.Count - 1 || instant <= _inferred[i + 1].At))
            {
                yield return new PossibleInstant(instant, reading, IsDoubt: true, IsInferred: true);
            }
        }
    }

    // A clock that was right at every look of years is one stretch.
    private void Add(Stretch stretch)
    {
        if (stretch.IsRight && _stretches.Count > 0 && _stretches[^1].IsRight)
        {
            _stretches[^1] = _stretches[^1] with { To = stretch.To };
        }
        else
        {
            _stretches.Add(stretch);
        }
    }
}
