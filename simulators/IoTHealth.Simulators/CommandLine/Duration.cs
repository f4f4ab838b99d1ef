namespace IoTHealth.Simulators.CommandLine;

/// <summary>A length of time that the help shows as people type it.</summary>
internal readonly record struct Duration(TimeSpan Span)
{
    public override string ToString() => Durations.Format(Span);
}
