using IoTHealth.Measurements;

namespace IoTHealth.Edge.Journal;

/// <summary>
/// One unbroken run of positions as the cloud knows it. Inside the gateway positions only grow and never begin anew; a journal
/// whose last acknowledged position cannot be proven begins a new generation, whose positions on the wire count from 1 again
/// (docs/decisions/0011).
/// </summary>
/// <param name="Guid">The journal GUID on the wire.</param>
/// <param name="Base">The position before its first; on the wire an entry has its position less this.</param>
public sealed record JournalGeneration(Guid Guid, long Base)
{
    public long OnWire(long position) => position - Base;

    public long InJournal(long onWire) => onWire + Base;
}
