namespace IoTHealth.Devices.Glucose;

/// <summary>How far the memory of a meter has been read, every record of it durable.</summary>
/// <param name="Sequence">Highest sequence number.</param>
/// <param name="Raw">Bytes of the record that has it; other bytes under this number mean that the meter began anew.</param>
/// <param name="Count">How many records the meter held.</param>
internal sealed record MeterMark(ushort Sequence, ReadOnlyMemory<byte> Raw, uint Count)
{
    // A filter 'from this number on' does not reach over the wrap to 0; some way before it everything is read.
    private const ushort LastSafe = 0xF000;

    public bool IsUsable => Sequence <= LastSafe;
}
