using System.Buffers.Binary;
using IoTHealth.Measurements;

namespace IoTHealth.Edge.Journal;

/// <summary>What stands beside a payload in its row and is bound to it.</summary>
/// <param name="Kind">Kind of entry.</param>
/// <param name="Id">Its id.</param>
/// <param name="Revision">Its revision.</param>
/// <param name="Priority">Its priority.</param>
/// <param name="Device">Number of its device in the ledger; null for none.</param>
/// <param name="Day">Its day in the ledger; null for none.</param>
public readonly record struct SealedRow(int Kind, MeasurementId Id, ulong Revision, int Priority, int? Device, int? Day)
{
    internal const int Bytes = 4 + 16 + 8 + 4 + 4 + 4;

    internal void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteInt32BigEndian(to, Kind);
        Id.Write(to[4..]);
        BinaryPrimitives.WriteUInt64BigEndian(to[20..], Revision);
        BinaryPrimitives.WriteInt32BigEndian(to[28..], Priority);
        BinaryPrimitives.WriteInt32BigEndian(to[32..], Device ?? -1);
        BinaryPrimitives.WriteInt32BigEndian(to[36..], Day ?? -1);
    }
}
