using IoTHealth.Devices.Codecs.Gatt;

namespace IoTHealth.Devices.Glucose;

/// <summary>A record in the memory of a meter.</summary>
/// <param name="Sequence">Its sequence number.</param>
/// <param name="BaseTime">The meter's clock without the user's shift.</param>
/// <param name="Raw">Its bytes (2A18).</param>
public sealed record MeterRecord(ushort Sequence, GattDateTime BaseTime, ReadOnlyMemory<byte> Raw)
{
    public bool IsSame(MeterRecord other) => Sequence == other.Sequence && Raw.Span.SequenceEqual(other.Raw.Span);
}
