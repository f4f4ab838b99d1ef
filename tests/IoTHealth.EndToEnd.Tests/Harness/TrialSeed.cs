using System.Globalization;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>How long a seeded trial goes on and from which seed; the environment overrides both, so that a failure can be run again.</summary>
internal static class TrialSeed
{
    /// <param name="name">As in <c>IOTHEALTH_KILL_SEED</c>.</param>
    public static int Seed(string name) => Setting($"IOTHEALTH_{name}_SEED", Random.Shared.Next(1_000_000));

    public static int Rounds(string name, int standard) => Setting($"IOTHEALTH_{name}_ROUNDS", standard);

    private static int Setting(string name, int standard) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var number) ? number : standard;
}
