namespace IoTHealth.Devices.Pacemaker;

/// <summary>How many bytes of unanswered messages all conversations of one door may hold together. Safe to share between them.</summary>
/// <param name="bytesMaximum">The bound.</param>
public sealed class MllpAllowance(long bytesMaximum)
{
    private long _held;

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Changes what one conversation holds; false, and nothing changed, where all together would hold too much.</summary>
    public bool TryHold(long before, long after)
    {
        if (Interlocked.Add(ref _held, after - before) <= bytesMaximum || after <= before)
        {
            return true;
        }

        Interlocked.Add(ref _held, before - after);
        return false;
    }
}
