namespace IoTHealth.Fuzz;

/// <summary>A case on which a decoder did what it must not.</summary>
/// <param name="Target">The decoder's name.</param>
/// <param name="Seed">Seed of the run.</param>
/// <param name="Case">The case, from 0.</param>
/// <param name="Reason">What happened.</param>
/// <param name="Input">The bytes it was given.</param>
public sealed record FuzzFinding(string Target, ulong Seed, long Case, string Reason, byte[] Input)
{
    public override string ToString() =>
        $"{Target}: {Reason}{Environment.NewLine}  again: --only {Target} --seed {Seed} --case {Case}{Environment.NewLine}  bytes: {Convert.ToHexStringLower(Input)}";
}
