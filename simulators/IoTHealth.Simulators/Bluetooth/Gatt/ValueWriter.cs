namespace IoTHealth.Simulators.Bluetooth.Gatt;

/// <summary>Writes the fields of a characteristic's value one after the other, little end first.</summary>
internal sealed class ValueWriter
{
    private readonly List<byte> _bytes = [];

    public ValueWriter Byte(int value)
    {
        _bytes.Add((byte)value);
        return this;
    }

    public ValueWriter Word(int value) => Byte(value).Byte(value >> 8);

    /// <summary>Date Time (2A08): year, month, day, hour, minute, second.</summary>
    public ValueWriter DateTime(DateTime time) =>
        Word(time.Year).Byte(time.Month).Byte(time.Day).Byte(time.Hour).Byte(time.Minute).Byte(time.Second);

    public byte[] ToArray() => [.. _bytes];
}
