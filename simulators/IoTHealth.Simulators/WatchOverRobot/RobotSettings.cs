using IoTHealth.Simulators.Mqtt;

namespace IoTHealth.Simulators.WatchOverRobot;

/// <summary>How a ward of robots runs.</summary>
/// <param name="Rate">Records per second and robot.</param>
/// <param name="Batch">Records per publish.</param>
/// <param name="Speed">Simulated seconds per second.</param>
/// <param name="For">How long to measure; null = until stopped.</param>
/// <param name="Count">Records per robot; null = no bound.</param>
/// <param name="Drain">How long to go on for acknowledgements once measuring has ended.</param>
internal sealed record RobotSettings(
    Broker Broker,
    string Out,
    ulong Seed,
    double Rate,
    int Batch,
    double Speed,
    TimeSpan? For,
    long? Count,
    int InFlight,
    ChaosSwitches Chaos,
    TimeSpan Drain);
