namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>Throwing dice.</summary>
internal static class Chances
{
    public static bool Happens(this Random random, double chance) => chance > 0 && random.NextDouble() < chance;
}
