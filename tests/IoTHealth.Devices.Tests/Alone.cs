namespace IoTHealth.Devices.Tests;

/// <summary>Tests that measure what the whole process does, such as the memory it keeps: no other test runs beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
