namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>Turns a resident's nights into the records of one robot: sequence counting up, timestamps strictly increasing.</summary>
/// <param name="step">Simulated time that passes from one look to the next.</param>
/// <param name="begin">Where the device's life stands: its next sequence and its last timestamp.</param>
internal sealed class RecordSource(ResidentNight night, TimeSpan step, SentPosition begin, TimeSpan skew)
{
    private static readonly TimeSpan Japan = TimeSpan.FromHours(9);
    private readonly Queue<NightEvent> _happened = new();
    private long _sequence = begin.NextSequence;
    private long _lastMilliseconds = begin.LastMilliseconds;
    private TimeSpan _simulated = step * Math.Max(0, begin.NextSequence - 1);

    /// <summary>The next record, measured at <paramref name="instant"/> of the true clock.</summary>
    public RobotRecord Next(DateTimeOffset instant)
    {
        var timestamp = Tick(instant);
        if (_happened.Count == 0)
        {
            Advance();
        }

        return _happened.TryDequeue(out var what)
            ? new RobotRecord(_sequence++, timestamp, null, what.Kind)
            : new RobotRecord(_sequence++, timestamp, night.At(_simulated), null);
    }

    /// <summary>A record with a sequence of its own and the content of another, to be mangled.</summary>
    public RobotRecord Copy(RobotRecord original) => original with { Sequence = _sequence++ };

    private void Advance()
    {
        foreach (var what in night.EventsBetween(_simulated, _simulated + step))
        {
            _happened.Enqueue(what);
        }

        _simulated += step;
    }

    private DateTimeOffset Tick(DateTimeOffset instant)
    {
        _lastMilliseconds = Math.Max((instant + skew).ToUnixTimeMilliseconds(), _lastMilliseconds + 1);
        return DateTimeOffset.FromUnixTimeMilliseconds(_lastMilliseconds).ToOffset(Japan);
    }
}
