namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>What a resident's sleep is doing.</summary>
public enum SleepStage
{
    Awake,
    Light,
    Deep,
    Rem,
    OutOfBed,
}
