using System.Collections;

namespace IoTHealth.Measurements;

/// <summary>An inclusive run of positions.</summary>
public readonly record struct Interval(long From, long To)
{
    public long Count => To - From + 1;
}

/// <summary>
/// Positions received or acknowledged, kept as merged runs. The uplink and the cloud both keep one per journal, so that
/// sending live before backlog leaves no doubt what is still missing. Not thread-safe.
/// </summary>
public sealed class IntervalSet : IEnumerable<Interval>
{
    private readonly SortedList<long, long> _runs = [];

    public IntervalSet(IEnumerable<Interval>? intervals = null)
    {
        foreach (var interval in intervals ?? [])
        {
            Add(interval.From, interval.To);
        }
    }

    /// <summary>Number of runs.</summary>
    public int Runs => _runs.Count;

    /// <summary>Sum of the lengths of all runs.</summary>
    public long Count => _runs.Sum(run => run.Value - run.Key + 1);

    public void Clear() => _runs.Clear();

    public void Add(long position) => Add(position, position);

    /// <summary>Adds a run, inclusive at both ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run ends before it begins.</exception>
    public void Add(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var index = FirstEndingAtOrAfter(from == long.MinValue ? from : from - 1);
        while (index < _runs.Count && (to == long.MaxValue || _runs.GetKeyAtIndex(index) <= to + 1))
        {
            from = Math.Min(from, _runs.GetKeyAtIndex(index));
            to = Math.Max(to, _runs.GetValueAtIndex(index));
            _runs.RemoveAt(index);
        }

        _runs.Add(from, to);
    }

    /// <summary>Takes a run out, inclusive at both ends.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The run ends before it begins.</exception>
    public void Remove(long from, long to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(to, from);
        var index = FirstEndingAtOrAfter(from);
        while (index < _runs.Count && _runs.GetKeyAtIndex(index) <= to)
        {
            var (start, end) = (_runs.GetKeyAtIndex(index), _runs.GetValueAtIndex(index));
            _runs.RemoveAt(index);
            if (start < from)
            {
                _runs.Add(start, from - 1);
                index++;
            }

            if (end > to)
            {
                _runs.Add(to + 1, end);
                index++;
            }
        }
    }

    public bool Contains(long position)
    {
        var index = FirstEndingAtOrAfter(position);
        return index < _runs.Count && _runs.GetKeyAtIndex(index) <= position;
    }

    /// <summary>The runs of [from, to] that are not in the set, ascending.</summary>
    public IEnumerable<Interval> Missing(long from, long to)
    {
        for (var index = FirstEndingAtOrAfter(from); index < _runs.Count && from <= to; index++)
        {
            var (start, end) = (_runs.GetKeyAtIndex(index), _runs.GetValueAtIndex(index));
            if (start > to)
            {
                break;
            }

            if (start > from)
            {
                yield return new Interval(from, start - 1);
            }

            if (end >= to)
            {
                yield break;
            }

            from = end + 1;
        }

        if (from <= to)
        {
            yield return new Interval(from, to);
        }
    }

    public IEnumerator<Interval> GetEnumerator() => _runs.Select(run => new Interval(run.Key, run.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int FirstEndingAtOrAfter(long position)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs.GetValueAtIndex(middle) < position)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
