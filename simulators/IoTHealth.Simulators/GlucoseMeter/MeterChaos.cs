using System.Globalization;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary>How a meter and its cable misbehave: chances from 0 to 1 for each frame that is sent, and one pulled plug.</summary>
/// <param name="Corrupt">One bit of the frame is flipped on the way.</param>
/// <param name="Duplicate">The answer is lost on the way, so the same frame is sent again.</param>
/// <param name="Garbage">Noise stands before the frame; never a control character.</param>
/// <param name="Pause">The line falls silent within the frame.</param>
/// <param name="UnplugAfter">Frames after which the plug is pulled in the middle of the next one, once; null = never.</param>
internal sealed record MeterChaos(double Corrupt, double Duplicate, double Garbage, double Pause, int? UnplugAfter)
{
    public static readonly MeterChaos None = new(0, 0, 0, 0, null);

    /// <summary>Reads <c>corrupt=0.01,unplug-after=20</c>; what is not named stays off.</summary>
    /// <exception cref="UsageException">A switch is unknown or its value is out of bounds.</exception>
    public static MeterChaos Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(None, With);

    private static MeterChaos With(MeterChaos chaos, string assignment)
    {
        var (name, value) = assignment.Split('=', 2) is [var left, var right] ? (left, right) : (assignment, "");
        return name switch
        {
            "corrupt" => chaos with { Corrupt = Chance(assignment, value) },
            "duplicate" => chaos with { Duplicate = Chance(assignment, value) },
            "garbage" => chaos with { Garbage = Chance(assignment, value) },
            "pause" => chaos with { Pause = Chance(assignment, value) },
            "unplug-after" => chaos with { UnplugAfter = Count(assignment, value) },
            _ => throw new UsageException($"--chaos: '{assignment}' is none of corrupt, duplicate, garbage, pause, unplug-after"),
        };
    }

    private static double Chance(string assignment, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance <= 1
            ? chance
            : throw new UsageException($"--chaos: '{assignment}' needs a chance between 0 and 1");

    private static int Count(string assignment, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new UsageException($"--chaos: '{assignment}' needs a number of frames");
}
