namespace IoTHealth.VectorRunner;

/// <summary>What a vector gives a decoder: the protocol's name and bytes or text, whichever the vector has.</summary>
public sealed record VectorInput(string Protocol, ReadOnlyMemory<byte> Bytes, string? Text);
