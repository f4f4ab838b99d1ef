namespace IoTHealth.Devices.Glucose;

/// <summary>How far the memory of a meter has been read, every record of it durable.</summary>
/// <param name="Last">The record with the highest sequence number; other bytes under this number mean that the meter began anew.</param>
/// <param name="First">The record with the lowest one.</param>
/// <param name="Count">How many records the meter held.</param>
/// <param name="ReadAll">Time stamp of when everything was read.</param>
internal sealed record MeterMark(MeterRecord Last, MeterRecord First, uint Count, long ReadAll)
{
    // A filter 'from this number on' does not reach over the wrap to 0; some way before it everything is read.
    private const ushort LastSafe = 0xF000;

    /// <summary>What the mark cannot see is found after a day at most.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    public bool IsUsable(TimeProvider time) => Last.Sequence <= LastSafe && time.GetElapsedTime(ReadAll) < Lifetime;

    /// <summary>
    /// The mark after a report from the last record on; null where the records do not explain themselves: the last one is another,
    /// numbers are missing, there are more than can be known, or the oldest is not the one that must be when the others have made room.
    /// </summary>
    /// <param name="reported">Records from the mark on, in the order of their numbers.</param>
    /// <param name="first">The oldest record that the meter now holds.</param>
    /// <param name="count">How many it holds.</param>
    public MeterMark? Moved(IReadOnlyList<MeterRecord> reported, MeterRecord? first, uint count)
    {
        var known = Count + reported.Count - 1;
        var isSameMemory = reported is [var again, ..] && again.IsSame(Last);
        var isWhole = reported.Index().All(one => one.Item.Sequence == Last.Sequence + one.Index);
        var isSameStart = first is not null && (count == known ? first.IsSame(First) : first.Sequence == First.Sequence + known - count);
        return isSameMemory && isWhole && isSameStart && count <= known ? this with { Last = reported[^1], First = first!, Count = count } : null;
    }
}
