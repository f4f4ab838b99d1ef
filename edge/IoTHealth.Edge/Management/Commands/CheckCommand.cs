using System.CommandLine;
using IoTHealth.Edge.Configuration;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>check</c>: what would keep the gateway from its work.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var command = Invocation.Command("check", "Reads the configuration, rules, keys and certificates and says what is wrong.", "check --config edge.yaml");
        command.Options.Add(config);
        command.SetAction(result => Invocation.Try(() => Console.WriteLine(ConfigurationCheck.Describe(EdgeConfiguration.Load(result.GetValue(config)!)))));
        return command;
    }
}
