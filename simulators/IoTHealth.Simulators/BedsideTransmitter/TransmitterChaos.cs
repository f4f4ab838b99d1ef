using System.Globalization;
using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>How an implant, its transmitter and its line misbehave: chances from 0 to 1 for each message, and one broken lead.</summary>
/// <param name="Cut">The connection breaks within the message.</param>
/// <param name="Repeat">A message already acknowledged comes again.</param>
/// <param name="Garbage">Noise stands before the message; never a byte of the framing.</param>
/// <param name="LineFeeds">Segments end with LF.</param>
/// <param name="SetIds">Every OBX-1 is 1.</param>
/// <param name="FractureAfter">Reports after which the lead of the right ventricle is broken; null = never.</param>
internal sealed record TransmitterChaos(double Cut, double Repeat, double Garbage, double LineFeeds, double SetIds, int? FractureAfter)
{
    public static readonly TransmitterChaos None = new(0, 0, 0, 0, 0, null);

    /// <summary>Reads <c>cut=0.1,fracture-after=20</c>; what is not named stays off.</summary>
    /// <exception cref="UsageException">A switch is unknown or its value is out of bounds.</exception>
    public static TransmitterChaos Parse(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Aggregate(None, With);

    private static TransmitterChaos With(TransmitterChaos chaos, string assignment)
    {
        var (name, value) = assignment.Split('=', 2) is [var left, var right] ? (left, right) : (assignment, "");
        return name switch
        {
            "cut" => chaos with { Cut = Chance(assignment, value) },
            "repeat" => chaos with { Repeat = Chance(assignment, value) },
            "garbage" => chaos with { Garbage = Chance(assignment, value) },
            "line-feeds" => chaos with { LineFeeds = Chance(assignment, value) },
            "set-ids" => chaos with { SetIds = Chance(assignment, value) },
            "fracture-after" => chaos with { FractureAfter = Count(assignment, value) },
            _ => throw new UsageException($"--chaos: '{assignment}' is none of cut, repeat, garbage, line-feeds, set-ids, fracture-after"),
        };
    }

    private static double Chance(string assignment, string value) =>
        double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var chance) && chance <= 1
            ? chance
            : throw new UsageException($"--chaos: '{assignment}' needs a chance between 0 and 1");

    private static int Count(string assignment, string value) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            ? count
            : throw new UsageException($"--chaos: '{assignment}' needs a number of reports");
}
