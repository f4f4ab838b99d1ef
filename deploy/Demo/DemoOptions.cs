using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo;

/// <summary>What the command line asks for.</summary>
internal sealed record DemoOptions
{
    /// <summary>How long the robots run; null = until Ctrl-C.</summary>
    public TimeSpan? For { get; init; }

    /// <summary>A recording to play through the edge instead of robots.</summary>
    public FileInfo? Replay { get; init; }

    /// <summary>Robots that watch over a resident; null = as many as the folder's facility has, or a few.</summary>
    public int? Robots { get; init; }

    /// <summary>No medical devices at the beds.</summary>
    public bool RobotsOnly { get; init; }

    public double Rate { get; init; }

    /// <summary>How much faster than real; null = what suits robots or a recording.</summary>
    public double? Speed { get; init; }

    public int Seed { get; init; }

    /// <summary>Null = a new folder under the temp directory.</summary>
    public DirectoryInfo? Folder { get; init; }

    public bool Keep { get; init; }

    public bool Influx { get; init; }

    public FileInfo? EdgeProgram { get; init; }

    public Language Language { get; init; }
}
