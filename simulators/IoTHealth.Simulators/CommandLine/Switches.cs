using System.Globalization;

namespace IoTHealth.Simulators.CommandLine;

/// <summary>Reads the <c>--chaos</c> of a simulator: <c>name=value,name=value</c>.</summary>
internal static class Switches
{
    /// <summary>Applies each switch to what none of them gives.</summary>
    /// <exception cref="UsageException">A switch is unknown or its value is out of bounds.</exception>
    public static T Read<T>(string text, T none, Func<T, Switch, T> with) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Switch.Of).Aggregate(none, with);
}

/// <summary>One switch as it stands on the command line.</summary>
internal readonly record struct Switch(string Text, string Name, string Value)
{
    public static Switch Of(string text) => text.Split('=', 2) is [var name, var value] ? new Switch(text, name, value) : new Switch(text, text, "");

    /// <exception cref="UsageException">The value is no chance.</exception>
    public double Chance() => double.TryParse(Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance <= 1
        ? chance
        : throw new UsageException($"--chaos: '{Text}' needs a chance between 0 and 1");

    /// <exception cref="UsageException">The value is no number.</exception>
    public int Count(string ofWhat) => int.TryParse(Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
        ? count
        : throw new UsageException($"--chaos: '{Text}' needs a number of {ofWhat}");

    public UsageException Unknown(string known) => new($"--chaos: '{Text}' is none of {known}");
}
