using System.CommandLine;

namespace IoTHealth.Demo;

/// <summary><c>acknowledge</c>: a nurse's answer to the calls of a running demo.</summary>
internal static class AcknowledgeCommand
{
    private static readonly Option<DirectoryInfo> Folder = new("--folder") { Description = "The folder of the running demo", Required = true };

    private static readonly Option<string> By = new("--by") { Description = "Who acknowledges", DefaultValueFactory = _ => "nurse" };

    private static readonly Argument<string?> Id = new("alarm-id")
    {
        Description = "The alarm's id or its first digits, as the view shows them. Default: all that are open",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static Command Create()
    {
        var command = new Command("acknowledge", "Acknowledge alarms of a running demo (exit code 1: no alarm has such an id)") { Folder, By, Id };
        command.SetAction((parsed, cancel) =>
            new AcknowledgeRun(parsed.GetRequiredValue(Folder).FullName, parsed.GetRequiredValue(By)).RunAsync(parsed.GetValue(Id), cancel));
        return command;
    }
}
