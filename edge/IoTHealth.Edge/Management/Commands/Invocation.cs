using System.CommandLine;

namespace IoTHealth.Edge.Management.Commands;

/// <summary>What all commands share: options, exit codes, and how a failure is told.</summary>
internal static class Invocation
{
    public const int Succeeded = 0;

    /// <summary>A check failed, or the gateway refused.</summary>
    public const int Failed = 1;

    /// <summary>Bad usage or configuration.</summary>
    public const int BadUsage = 2;

    /// <summary>Where a packaged gateway has its configuration.</summary>
    private const string Installed = "/etc/iothealth/edge.yaml";

    /// <summary>The document beside us, else the installed one.</summary>
    public static Option<string> ConfigOption() => new("--config", "-c")
    {
        Description = "The configuration document (YAML or JSON); edge.yaml here, else /etc/iothealth/edge.yaml.",
        DefaultValueFactory = _ => !File.Exists("edge.yaml") && File.Exists(Installed) ? Installed : "edge.yaml",
    };

    public static Option<bool> JsonOption() => new("--json") { Description = "Print JSON, for scripts." };

    /// <summary>A command with what it does, and examples of its use.</summary>
    public static Command Command(string name, string does, params IEnumerable<string> examples)
    {
        var lines = examples.Select(example => $"  iothealth-edge {example}").ToList();
        return new Command(name, lines.Count == 0 ? does : $"{does}\n\nExamples:\n{string.Join('\n', lines)}");
    }

    public static int Try(Action action) => Try(() =>
    {
        action();
        return Succeeded;
    });

    public static int Try(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception e)
        {
            return Complain(e);
        }
    }

    public static async Task<int> TryAsync(Func<Task<int>> action)
    {
        try
        {
            return await action();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return Complain(e);
        }
    }

    public static int Complain(Exception e)
    {
        Console.Error.WriteLine(e.Message);
        return e is Documents.DocumentException or IOException or ArgumentException ? BadUsage : Failed;
    }
}
