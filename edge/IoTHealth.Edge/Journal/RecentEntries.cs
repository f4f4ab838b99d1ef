using IoTHealth.Measurements;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// The last entries that were committed, one unbroken run of positions, so that readers who keep up need neither the file nor the seal.
/// Written by the writer's thread, read by all.
/// </summary>
/// <param name="capacity">How many, at most.</param>
internal sealed class RecentEntries(int capacity)
{
    private const int BytesMaximum = 2 * 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly Entry?[] _ring = new Entry?[capacity];

    private long _first = 1;
    private long _last;
    private long _bytes;

    /// <summary>Adds what was committed. After a position that it was not told of, it begins anew.</summary>
    /// <param name="group">What was written.</param>
    /// <param name="positions">For each write the positions of its entries, 0 for those known already.</param>
    public void Add(IReadOnlyList<JournalWrite> group, List<IReadOnlyList<long>> positions)
    {
        if (capacity == 0)
        {
            return;
        }

        lock (_lock)
        {
            for (var i = 0; i < group.Count; i++)
            {
                for (var j = 0; j < positions[i].Count; j++)
                {
                    if (positions[i][j] > 0)
                    {
                        Add(positions[i][j], group[i].Entries[j]);
                    }
                }
            }
        }
    }

    /// <summary>Forgets all, where an entry may have gone from the file.</summary>
    public void Clear()
    {
        lock (_lock)
        {
            DropTo(_last + 1);
        }
    }

    /// <summary>As <see cref="IJournal.Read"/>; null where the first position is not here.</summary>
    public IReadOnlyList<Entry>? Read(long from, long to, int maximum, int maximumBytes)
    {
        lock (_lock)
        {
            if (from < _first || from > _last)
            {
                return null;
            }

            var entries = new List<Entry>((int)Math.Min(Math.Min(to, _last) - from + 1, maximum));
            var bytes = 0;
            for (var position = from; position <= Math.Min(to, _last) && entries.Count < maximum && (entries.Count == 0 || bytes < maximumBytes); position++)
            {
                var entry = _ring[position % capacity]!;
                entries.Add(entry);
                bytes += entry.Payload.Length;
            }

            return entries;
        }
    }

    private void Add(long position, NewEntry entry)
    {
        if (position != _last + 1)
        {
            DropTo(_last + 1);
            _first = position;
        }

        DropTo(Math.Max(_first, position - capacity + 1));
        _ring[position % capacity] = new Entry(position, entry.Kind, entry.Id, entry.Revision, entry.Priority, entry.Payload);
        _last = position;
        _bytes += entry.Payload.Length;
        while (_bytes > BytesMaximum)
        {
            DropTo(_first + 1);
        }
    }

    private void DropTo(long first)
    {
        for (; _first < first; _first++)
        {
            _bytes -= _ring[_first % capacity]!.Payload.Length;
            _ring[_first % capacity] = null;
        }
    }
}
