namespace IoTHealth.Simulators.Lines;

/// <summary>One whole line of a file.</summary>
/// <param name="Number">Line number, from 1.</param>
/// <param name="Offset">Where it begins in the file, in bytes.</param>
/// <param name="Bytes">The line without its line feed.</param>
internal readonly record struct JsonLine(long Number, long Offset, ReadOnlyMemory<byte> Bytes);
