using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace IoTHealth.Measurements;

/// <summary>All that is known of clocks. Immutable; what it says does not depend on the order in which entries came.</summary>
public sealed class ClockBook
{
    /// <summary>Nothing is known.</summary>
    public static readonly ClockBook Empty = new(
        ImmutableDictionary<Guid, ImmutableSortedSet<Anchor>>.Empty, ImmutableDictionary<DeviceId, ImmutableHashSet<ClockEntry.Device>>.Empty);

    /// <summary>What a kernel allows its clock to be off, and more than an oscillator is: parts of a million.</summary>
    private const int DriftPerMillion = 500;

    private const int NanosecondsPerTick = 100;

    /// <summary>What a time service keeps, with room.</summary>
    private static readonly TimeSpan SynchronisedUncertainty = TimeSpan.FromSeconds(1);

    private readonly ImmutableDictionary<Guid, ImmutableSortedSet<Anchor>> _anchors;
    private readonly ImmutableDictionary<DeviceId, ImmutableHashSet<ClockEntry.Device>> _looks;
    private readonly ConcurrentDictionary<DeviceId, DeviceClockHistory> _histories = [];

    private ClockBook(
        ImmutableDictionary<Guid, ImmutableSortedSet<Anchor>> anchors, ImmutableDictionary<DeviceId, ImmutableHashSet<ClockEntry.Device>> looks) =>
        (_anchors, _looks) = (anchors, looks);

    /// <summary>The latest moment at which a time service kept a gateway's clock right; the minimum where there was none.</summary>
    public DateTimeOffset LatestRight =>
        _anchors.Values.SelectMany(anchors => anchors).Select(anchor => new DateTimeOffset(anchor.WallTicks, TimeSpan.Zero)).DefaultIfEmpty().Max();

    /// <summary>The book with one more entry; the same one where it says nothing new.</summary>
    public ClockBook With(ClockEntry entry)
    {
        var anchors = _anchors;
        if (entry.IsSynchronised)
        {
            var known = anchors.GetValueOrDefault(entry.Boot, []);
            var more = known.Add(new Anchor(entry.MonotonicNanoseconds, entry.Wall.UtcTicks));
            anchors = ReferenceEquals(more, known) ? anchors : anchors.SetItem(entry.Boot, more);
        }

        var looks = _looks;
        if (entry is ClockEntry.Device look)
        {
            var known = looks.GetValueOrDefault(look.Id, []);
            var more = known.Add(look);
            looks = ReferenceEquals(more, known) ? looks : looks.SetItem(look.Id, more);
        }

        return ReferenceEquals(anchors, _anchors) && ReferenceEquals(looks, _looks) ? this : new ClockBook(anchors, looks);
    }

    /// <summary>
    /// When a moment of a gateway's monotonic clock was, by the last moment before it in the same boot at which a time service kept
    /// the wall clock right, else by the first after; null where there was none. What was known once is not dated anew by every later entry.
    /// </summary>
    public TrueTime? At(Guid boot, long monotonicNanoseconds)
    {
        if (!_anchors.TryGetValue(boot, out var anchors))
        {
            return null;
        }

        var found = anchors.IndexOf(new Anchor(monotonicNanoseconds, long.MinValue));
        var at = found < 0 ? ~found : found;
        var before = at > 0 ? Count(anchors[at - 1], monotonicNanoseconds) : null;
        var after = at < anchors.Count ? Count(anchors[at], monotonicNanoseconds) : null;
        if (before is not { } one || after is not { } other)
        {
            return before ?? after;
        }

        // A synchronised clock that stepped: either may be the wrong one.
        var apart = (one.Instant - other.Instant).Duration();
        return apart <= one.Uncertainty + other.Uncertainty ? one : one with { Uncertainty = one.Uncertainty + apart };
    }

    /// <summary>Whether an entry that comes after others may date readings of before it anew, and not only make them more or less certain.</summary>
    public bool MayRevise(ClockEntry entry) =>
        (entry.IsSynchronised && !_anchors.ContainsKey(entry.Boot)) ||
        (entry is ClockEntry.Device { IsInferred: false } look && !(HistoryOf(look.Id).IsRight && With(entry).HistoryOf(look.Id).IsRight));

    /// <summary>When something was last inferred of a device's clock, and how slow it may be since; zero where it is no more.</summary>
    public (DateTimeOffset At, TimeSpan Lag)? SuspicionOf(DeviceId device) => HistoryOf(device).Suspicion;

    /// <summary>What is known of a device's clock.</summary>
    internal DeviceClockHistory HistoryOf(DeviceId device) => _histories.GetOrAdd(device, id =>
        new DeviceClockHistory(_looks.GetValueOrDefault(id, []).Select(look => (look, WhenLooked(look)))));

    private TrueTime? WhenLooked(ClockEntry.Device look) =>
        look.IsSynchronised ? new TrueTime(look.Wall, SynchronisedUncertainty) : At(look.Boot, look.MonotonicNanoseconds);

    private static TrueTime? Count(Anchor anchor, long monotonicNanoseconds)
    {
        var apart = ((Int128)monotonicNanoseconds - anchor.MonotonicNanoseconds) / NanosecondsPerTick;
        var ticks = anchor.WallTicks + apart;
        if (ticks < DateTimeOffset.MinValue.Ticks || ticks > DateTimeOffset.MaxValue.Ticks)
        {
            return null;
        }

        var drift = new TimeSpan((long)(Int128.Abs(apart) / 1_000_000 * DriftPerMillion));
        return new TrueTime(new DateTimeOffset((long)ticks, TimeSpan.Zero), SynchronisedUncertainty + drift);
    }

    /// <summary>A moment at which the wall clock was right. Ordered by the monotonic clock.</summary>
    private readonly record struct Anchor(long MonotonicNanoseconds, long WallTicks) : IComparable<Anchor>
    {
        public int CompareTo(Anchor other) => MonotonicNanoseconds != other.MonotonicNanoseconds
            ? MonotonicNanoseconds.CompareTo(other.MonotonicNanoseconds)
            : WallTicks.CompareTo(other.WallTicks);
    }
}
