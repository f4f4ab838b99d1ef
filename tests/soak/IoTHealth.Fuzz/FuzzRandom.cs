namespace IoTHealth.Fuzz;

/// <summary>Random numbers of one case: the same seed, decoder and case give the same numbers (SplitMix64).</summary>
public sealed class FuzzRandom
{
    private ulong _state;

    /// <summary>Begins a case.</summary>
    public void Begin(ulong seed, string target, long number)
    {
        var hash = 14695981039346656037UL;
        foreach (var letter in target)
        {
            hash = (hash ^ letter) * 1099511628211UL;
        }

        _state = seed;
        _state = Next() ^ hash;
        _state = Next() ^ (ulong)number;
    }

    /// <summary>From 0 to below <paramref name="limit"/>, which is at least 1.</summary>
    public int Below(int limit) => (int)((UInt128)Next() * (uint)limit >> 64);

    public byte Byte() => (byte)(Next() >> 56);

    /// <summary>True once in <paramref name="times"/>.</summary>
    public bool OnceIn(int times) => Below(times) == 0;

    private ulong Next()
    {
        _state += 0x9E3779B97F4A7C15UL;
        var mixed = (_state ^ (_state >> 30)) * 0xBF58476D1CE4E5B9UL;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL;
        return mixed ^ (mixed >> 31);
    }
}
