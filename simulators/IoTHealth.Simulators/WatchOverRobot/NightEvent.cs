namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>Something that happens once.</summary>
public enum NightEventKind
{
    BedExit,
    Fall,
}

/// <summary>An event and its simulated time since the first evening.</summary>
public readonly record struct NightEvent(TimeSpan At, NightEventKind Kind);
