using IoTHealth.Demo.Running;

namespace IoTHealth.EndToEnd.Tests.Harness;

/// <summary>Stacks with the fault-injecting edge program.</summary>
internal static class FaultyEdge
{
    public static StackOptions WithFault(this StackOptions options, string fault) => options with
    {
        EdgeProgram = ProgramFiles.Find("IoTHealth.FaultyEdge"),
        Environment = new Dictionary<string, string>(options.Environment) { ["IOTHEALTH_FAULT"] = fault },
    };
}
