using System.CommandLine;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Journal;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>rotate-key</c>: another key for the box. Entries stay as they are sealed; only their keys are wrapped anew.</summary>
internal static class RotateKeyCommand
{
    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var command = Invocation.Command(
            "rotate-key",
            "Makes a new box.key and wraps the journal's keys by it. On a gateway that runs it takes effect at the next start.\n"
            + "A backup of the journal made before needs the box.key of then.",
            "rotate-key");
        command.Options.Add(config);
        command.SetAction(parsed => Invocation.Try(() =>
        {
            var configuration = EdgeConfiguration.Load(parsed.GetValue(config)!);
            BoxKey.BeginRotation(configuration.Data);
            Console.WriteLine(SqliteJournal.TryRotate(configuration.JournalOptions, configuration.Gateway)
                ? "box.key is new; the journal's keys are wrapped by it. 鍵を更新しました"
                : "a new key lies ready (box.key.next); the running gateway takes it at its next start. 次回起動時に更新されます");
            new AuditLog(configuration.Data).Write("command line", "rotate-key", "done");
        }));
        return command;
    }
}
