using System.CommandLine;
using IoTHealth.Edge.Configuration;
using IoTHealth.Edge.Management.Checks;

namespace IoTHealth.Edge.Management.Commands;

/// <summary><c>check</c>: what would keep the gateway from its work. Exit code 1 where something failed.</summary>
internal static class CheckCommand
{
    private const string Reset = "\e[0m";

    public static Command Create()
    {
        var config = Invocation.ConfigOption();
        var json = Invocation.JsonOption();
        var command = Invocation.Command(
            "check",
            "Looks at configuration, certificates, ports, disk and its encryption, journal, clock, links, cloud and InfluxDB, and says of each what to do. It may run beside the gateway.",
            "check", "check --config edge.yaml --json");
        command.Options.Add(config);
        command.Options.Add(json);
        command.SetAction((result, _) => Invocation.TryAsync(async () =>
        {
            var lines = new List<CheckLine>();
            await foreach (var line in GatewayCheck.LookAsync(EdgeConfiguration.Load(result.GetValue(config)!), TimeProvider.System))
            {
                lines.Add(line);
                if (!result.GetValue(json))
                {
                    Print(line, isColoured: !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("NO_COLOR") is null);
                }
            }

            if (result.GetValue(json))
            {
                PlainJson.Print(lines.Select(line => new { part = line.Part, verdict = Word(line.Verdict), found = line.Found, remedy = line.Remedy }));
            }

            return lines.Any(line => line.Verdict == CheckVerdict.Failed) ? Invocation.Failed : Invocation.Succeeded;
        }));
        return command;
    }

    private static void Print(CheckLine line, bool isColoured)
    {
        var verdict = Word(line.Verdict).PadRight(8);
        Console.WriteLine($"{(isColoured ? Colour(line.Verdict) + verdict + Reset : verdict)} {line.Part,-14} {Both(line.Found)}");
        if (line.Remedy is { } remedy)
        {
            Console.WriteLine($"{"",8} {"",-14} → {Both(remedy)}");
        }
    }

    private static string Both(Words words) => words.Ja == words.En ? words.En : $"{words.Ja} / {words.En}";

    private static string Word(CheckVerdict verdict) => verdict switch { CheckVerdict.Ok => "ok", CheckVerdict.Warning => "warning", _ => "failed" };

    private static string Colour(CheckVerdict verdict) => verdict switch { CheckVerdict.Ok => "\e[32m", CheckVerdict.Warning => "\e[33m", _ => "\e[31m" };
}
