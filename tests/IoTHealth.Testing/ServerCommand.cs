namespace IoTHealth.Testing;

/// <summary>What to start and where its output goes.</summary>
/// <param name="Name">The name used in messages.</param>
/// <param name="Program">A path, or the name of a program on PATH.</param>
/// <param name="LogFile">Standard output and error are appended here.</param>
public sealed record ServerCommand(string Name, string Program, IReadOnlyList<string> Arguments, string LogFile)
{
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public string? WorkingDirectory { get; init; }
}
