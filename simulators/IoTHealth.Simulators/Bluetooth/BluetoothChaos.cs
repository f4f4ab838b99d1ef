using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary>How Bluetooth devices misbehave.</summary>
[Flags]
internal enum BluetoothChaos
{
    None = 0,

    /// <summary>Every third time, beginning with the first, the device is gone in the middle of telling what it holds, and back a little later.</summary>
    Vanish = 1,

    /// <summary>Values that are cut short come between the good ones.</summary>
    Garbage = 2,

    /// <summary>Some values come twice.</summary>
    Repeat = 4,

    /// <summary>The last records come after the response that says all were sent.</summary>
    Late = 8,

    /// <summary>The device's clock began at 2000-01-01 when it was switched on.</summary>
    UnsetClock = 16,

    /// <summary>Mean arterial pressure is not a number.</summary>
    AbsentMean = 32,
}

/// <summary>Reads chaos as it is written on the command line.</summary>
internal static class BluetoothChaosText
{
    private static readonly Dictionary<string, BluetoothChaos> Switches = new(StringComparer.Ordinal)
    {
        ["vanish"] = BluetoothChaos.Vanish,
        ["garbage"] = BluetoothChaos.Garbage,
        ["repeat"] = BluetoothChaos.Repeat,
        ["late"] = BluetoothChaos.Late,
        ["unset-clock"] = BluetoothChaos.UnsetClock,
        ["absent-mean"] = BluetoothChaos.AbsentMean,
    };

    public static string Words => string.Join(',', Switches.Keys);

    /// <summary>Reads <c>vanish,repeat</c>.</summary>
    /// <exception cref="UsageException">A word is unknown.</exception>
    public static BluetoothChaos Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(
            BluetoothChaos.None,
            (chaos, word) => Switches.TryGetValue(word, out var known)
                ? chaos | known
                : throw new UsageException($"--chaos: '{word}' is none of {Words}"));
}
