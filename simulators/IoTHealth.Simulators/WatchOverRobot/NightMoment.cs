namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>What a robot can see of the resident at one moment.</summary>
/// <param name="HeartRate">Per minute; 0 when there is nobody to measure, null when movement hid it.</param>
/// <param name="RespirationRate">Per minute; as <paramref name="HeartRate"/>.</param>
/// <param name="Motion">Movements per minute.</param>
public readonly record struct NightMoment(SleepStage Stage, int? HeartRate, int? RespirationRate, int Motion)
{
    public bool InBed => Stage != SleepStage.OutOfBed;
}
