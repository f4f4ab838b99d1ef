namespace IoTHealth.Simulators.CommandLine;

/// <summary>What every command answers to its caller.</summary>
public static class ExitCode
{
    public const int Success = 0;
    public const int CheckFailed = 1;
    public const int BadUsage = 2;

    /// <summary>A robot stopped while some of its records were not acknowledged, or a meter before its uploads were completed.</summary>
    public const int NotDrained = 3;
}
