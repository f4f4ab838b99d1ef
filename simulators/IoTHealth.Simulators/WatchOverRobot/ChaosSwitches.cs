using System.Globalization;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>How a robot misbehaves: chances from 0 to 1, and its clock's error.</summary>
/// <param name="Drop">A record is made and never sent.</param>
/// <param name="Duplicate">A publish goes out twice, the same bytes.</param>
/// <param name="Reorder">A record changes places with the next.</param>
/// <param name="Disconnect">The connection is cut while a publish is under way.</param>
/// <param name="Corrupt">A mangled copy follows, which is no reading.</param>
/// <param name="Skew">Device clock minus true clock.</param>
public sealed record ChaosSwitches(double Drop, double Duplicate, double Reorder, double Disconnect, double Corrupt, TimeSpan Skew)
{
    public static readonly ChaosSwitches None = new(0, 0, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads <c>drop=0.01,duplicate=0.02,skew=3s</c>; what is not named stays off.</summary>
    /// <exception cref="UsageException">A switch is unknown or its value is out of bounds.</exception>
    public static ChaosSwitches Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(None, With);

    private static ChaosSwitches With(ChaosSwitches chaos, string assignment)
    {
        var (name, value) = assignment.Split('=', 2) is [var left, var right] ? (left, right) : (assignment, "");
        return name switch
        {
            "drop" => chaos with { Drop = Chance(assignment, value) },
            "duplicate" => chaos with { Duplicate = Chance(assignment, value) },
            "reorder" => chaos with { Reorder = Chance(assignment, value) },
            "disconnect" => chaos with { Disconnect = Chance(assignment, value) },
            "corrupt" => chaos with { Corrupt = Chance(assignment, value) },
            "skew" => chaos with { Skew = Span(assignment, value) },
            _ => throw new UsageException($"--chaos: '{assignment}' is none of drop, duplicate, reorder, disconnect, corrupt, skew"),
        };
    }

    private static double Chance(string assignment, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance <= 1
            ? chance
            : throw new UsageException($"--chaos: '{assignment}' needs a chance between 0 and 1");

    private static TimeSpan Span(string assignment, string value) =>
        Durations.TryParse(value, out var span) ? span : throw new UsageException($"--chaos: '{assignment}' needs a duration such as 3s or -500ms");
}
