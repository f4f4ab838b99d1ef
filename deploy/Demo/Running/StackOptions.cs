namespace IoTHealth.Demo.Running;

/// <summary>How a stack is laid out and run.</summary>
public sealed record StackOptions(string Folder)
{
    /// <summary>Whether medical devices stand at the beds too: a meter on a serial line, a cuff and a meter by Bluetooth, a pacemaker.</summary>
    public bool Bedside { get; init; }

    /// <summary>Robots that watch over a resident.</summary>
    public int Robots { get; init; } = 3;

    /// <summary>The keys of those robots; null = robot-01, robot-02 … as many as <see cref="Robots"/> says.</summary>
    public IReadOnlyList<string>? RobotKeys { get; init; }

    /// <summary>Further robots nobody is assigned to: their readings wait.</summary>
    public int UnassignedRobots { get; init; }

    /// <summary>Records per second of each robot.</summary>
    public double Rate { get; init; } = 1;

    /// <summary>How fast the simulated night passes.</summary>
    public double Speed { get; init; } = 600;

    public int Seed { get; init; } = 1;

    /// <summary>Further options of the robots' simulator.</summary>
    public IReadOnlyList<string> RobotArguments { get; init; } = [];

    /// <summary>Another edge program than the built one, such as the fault-injecting edge of the tests.</summary>
    public string? EdgeProgram { get; init; }

    /// <summary>A command that starts the cloud and the record server in its place, such as one that enters a network namespace; empty for none.</summary>
    public IReadOnlyList<string> CloudStarter { get; init; } = [];

    /// <summary>Further environment variables of all programs.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether the edge writes to an InfluxDB on <c>Ports.Influx</c>.</summary>
    public bool Influx { get; init; }
}
