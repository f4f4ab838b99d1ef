namespace IoTHealth.Fuzz;

/// <summary>Runs a decoder on one input. Whatever it throws is a finding, and so is a sentence it returns; null is none.</summary>
/// <param name="input">Valid for the call alone.</param>
/// <param name="random">For choices beside the bytes, such as where to cut a stream.</param>
public delegate string? FuzzCase(ReadOnlyMemory<byte> input, FuzzRandom random);

/// <summary>One decoder under attack.</summary>
/// <param name="Name">Protocol and part, for example <c>gatt/2A35</c>.</param>
/// <param name="Seeds">Inputs to mutate.</param>
/// <param name="Tokens">Pieces with a meaning in the protocol, put in here and there.</param>
/// <param name="Run">The decoder.</param>
public sealed record FuzzTarget(string Name, IReadOnlyList<byte[]> Seeds, IReadOnlyList<byte[]> Tokens, FuzzCase Run)
{
    public override string ToString() => Name;
}
