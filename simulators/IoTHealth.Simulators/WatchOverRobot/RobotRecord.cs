using System.Globalization;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>One record as the robot says it; either an event or a look at the bed.</summary>
/// <param name="Sequence">Counts up over the device's life.</param>
/// <param name="Timestamp">The device's clock, whole milliseconds.</param>
/// <param name="Look">What was seen, or null for an event.</param>
/// <param name="Event">What happened, or null for a look.</param>
internal readonly record struct RobotRecord(long Sequence, DateTimeOffset Timestamp, NightMoment? Look, NightEventKind? Event)
{
    /// <summary>The measurements this record carries, one for each field, as the sent file names them.</summary>
    public IEnumerable<(string Kind, string Value)> Readings()
    {
        if (Event is { } what)
        {
            yield return what == NightEventKind.Fall ? ("fall", "detected") : ("bed-exit", "exited");
        }
        else if (Look is { } look)
        {
            yield return ("bed-presence", look.InBed ? "in-bed" : "out-of-bed");
            if (look.HeartRate is { } heart)
            {
                yield return ("heart-rate", Rate(heart));
            }

            if (look.RespirationRate is { } breath)
            {
                yield return ("respiration-rate", Rate(breath));
            }

            yield return ("body-motion", look.Motion.ToString(CultureInfo.InvariantCulture));
        }
    }

    // A heart or breath of 0 is the robot's way to say 'not measured'; a motion of 0 is a measured stillness.
    private static string Rate(int perMinute) => perMinute == 0 ? "absent" : perMinute.ToString(CultureInfo.InvariantCulture);
}
