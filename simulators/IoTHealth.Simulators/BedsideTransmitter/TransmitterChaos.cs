using IoTHealth.Simulators.CommandLine;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary>How an implant, its transmitter and its line misbehave: chances from 0 to 1 for each message, and one broken lead.</summary>
/// <param name="Cut">The connection breaks within the message.</param>
/// <param name="Repeat">A message already acknowledged comes again.</param>
/// <param name="Garbage">Noise stands before the message; never a byte of the framing.</param>
/// <param name="LineFeeds">Segments end with LF.</param>
/// <param name="SetIds">Every OBX-1 is 1.</param>
/// <param name="NoOffsets">An implant's times have no offset, but for MSH-7: a chance for each implant, not for each message.</param>
/// <param name="Again">What the report before said is told again, and OBX-4 of everything but shock leads is another.</param>
/// <param name="BatteryTime">The battery was measured before the report: its own time is not OBX-14.</param>
/// <param name="FractureAfter">Reports after which the lead of the right ventricle is broken; null = never.</param>
internal sealed record TransmitterChaos(double Cut, double Repeat, double Garbage, double LineFeeds, double SetIds, double NoOffsets, double Again, double BatteryTime, int? FractureAfter)
{
    public static readonly TransmitterChaos None = new(0, 0, 0, 0, 0, 0, 0, 0, null);

    /// <summary>Reads <c>cut=0.1,fracture-after=20</c>; what is not named stays off.</summary>
    /// <exception cref="UsageException">A switch is unknown or its value is out of bounds.</exception>
    public static TransmitterChaos Parse(string text) => Switches.Read(text, None, With);

    private static TransmitterChaos With(TransmitterChaos chaos, Switch given) => given.Name switch
    {
        "cut" => chaos with { Cut = given.Chance() },
        "repeat" => chaos with { Repeat = given.Chance() },
        "garbage" => chaos with { Garbage = given.Chance() },
        "line-feeds" => chaos with { LineFeeds = given.Chance() },
        "set-ids" => chaos with { SetIds = given.Chance() },
        "no-offsets" => chaos with { NoOffsets = given.Chance() },
        "again" => chaos with { Again = given.Chance() },
        "battery-time" => chaos with { BatteryTime = given.Chance() },
        "fracture-after" => chaos with { FractureAfter = given.Count("reports") },
        _ => throw given.Unknown("cut, repeat, garbage, line-feeds, set-ids, no-offsets, again, battery-time, fracture-after"),
    };
}
