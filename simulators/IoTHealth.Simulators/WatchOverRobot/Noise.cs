namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>Numbers that look random and depend on nothing but seed and place (splitmix64), so any moment can be asked for in any order.</summary>
internal static class Noise
{
    /// <summary>Evenly spread in [0, 1).</summary>
    public static double At(ulong seed, long place)
    {
        var mixed = Mix(seed + (0x9E3779B97F4A7C15 * (ulong)(place + 1)));
        return (mixed >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Evenly spread in [low, high).</summary>
    public static double Between(ulong seed, long place, double low, double high) => low + (At(seed, place) * (high - low));

    /// <summary>A seed of its own for one stream, made of a parent seed and a name.</summary>
    public static ulong Seed(ulong parent, string name) =>
        name.Aggregate(Mix(parent + 0x51ED270B9F1D3C2B), (hash, letter) => Mix((hash ^ letter) * 0x100000001B3));

    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
        return x ^ (x >> 31);
    }
}
