namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>What one robot did in one run. Written by its sender alone, but for the acknowledgements.</summary>
internal sealed class RobotTally
{
    private long _acknowledged;

    /// <summary>Records sent at least once.</summary>
    public long Sent { get; set; }

    /// <summary>Messages sent again after a lost connection.</summary>
    public long Repeated { get; set; }

    /// <summary>Connections this robot cut itself.</summary>
    public long Cut { get; set; }

    /// <summary>Records whose PUBACK came.</summary>
    public long Acknowledged => Interlocked.Read(ref _acknowledged);

    public void Acknowledge(int records) => Interlocked.Add(ref _acknowledged, records);
}
