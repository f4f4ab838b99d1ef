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
    public static MeterChaos Parse(string text) => Switches.Read(text, None, With);

    private static MeterChaos With(MeterChaos chaos, Switch given) => given.Name switch
    {
        "corrupt" => chaos with { Corrupt = given.Chance() },
        "duplicate" => chaos with { Duplicate = given.Chance() },
        "garbage" => chaos with { Garbage = given.Chance() },
        "pause" => chaos with { Pause = given.Chance() },
        "unplug-after" => chaos with { UnplugAfter = given.Count("frames") },
        _ => throw given.Unknown("corrupt, duplicate, garbage, pause, unplug-after"),
    };
}
