using System.CommandLine;
using System.CommandLine.Parsing;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo;

/// <summary>The demo's command line.</summary>
internal static class DemoCommand
{
    private static readonly Option<TimeSpan?> For = new("--for")
    {
        Description = "Run the devices so long (30s, 2m), wait until all has arrived, end with the counting report and its exit code. Default: until Ctrl-C",
        CustomParser = ReadDuration,
    };

    private static readonly Option<FileInfo> Replay = new Option<FileInfo>("--replay")
    {
        Description = "Play a recording through the running edge instead of robots, then print what became of it",
    }.AcceptExistingOnly();

    private static readonly Option<int?> Robots = new("--robots")
    {
        Description = "Robots that watch over a resident; one more runs without a resident, to show its readings waiting. "
            + "Default: 3, or as many as the facility in --folder has",
    };

    private static readonly Option<bool> RobotsOnly = new("--robots-only")
    {
        Description = "Robots only: no meters, cuff and pacemaker at the beds",
    };

    private static readonly Option<double> Rate = new("--rate")
    {
        Description = "Records per second of each robot",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<double?> Speed = new("--speed")
    {
        Description = "How many times faster than real the residents' night passes (default 600), or a recording is played (default 1)",
    };

    private static readonly Option<int> Seed = new("--seed")
    {
        Description = "Seed of the simulated residents: the same seed gives the same night",
        DefaultValueFactory = _ => 1,
    };

    private static readonly Option<DirectoryInfo?> Folder = new("--folder")
    {
        Description = "Where to keep everything: a new or empty folder, or one with a facility, which is taken up again. Default: a new folder under the temp directory",
    };

    private static readonly Option<bool> Keep = new("--keep") { Description = "Keep the folder under the temp directory at the end" };

    private static readonly Option<bool> Influx = new("--influx") { Description = "Also write to Debian's influxd, started on a free port" };

    private static readonly Option<FileInfo> EdgeProgram = new Option<FileInfo>("--edge-program")
    {
        Description = "Another edge program than the built one",
    }.AcceptExistingOnly();

    private static readonly Option<string> Lang = new("--lang")
    {
        Description = "Language of the live view",
        HelpName = "ja|en|both",
        DefaultValueFactory = _ => "both",
    };

    /// <summary>The command; its action is given the options and returns the exit code.</summary>
    public static RootCommand Create(Func<DemoOptions, CancellationToken, Task<int>> run)
    {
        Robots.Validators.Add(result => RefuseUnless(result, result.GetValueOrDefault<int?>() is null or (>= 1 and <= 500), "1 to 500"));
        Rate.Validators.Add(result => RefuseUnless(result, result.GetValueOrDefault<double>() is > 0 and <= 10_000, "above 0, at most 10000"));
        Speed.Validators.Add(result => RefuseUnless(result, result.GetValueOrDefault<double?>() is null or (> 0 and <= 10_000), "above 0, at most 10000"));
        Lang.Validators.Add(result => RefuseUnlessLanguage(result));
        var root = new RootCommand("A care facility and its cloud on this machine: watch-over robots, meters, cuff and pacemaker, edge gateway, cloud, FHIR and webhook receivers")
        {
            For, Replay, Robots, RobotsOnly, Rate, Speed, Seed, Folder, Keep, Influx, EdgeProgram, Lang,
        };
        root.Add(AcknowledgeCommand.Create());
        root.SetAction((parsed, cancel) => run(Read(parsed), cancel));
        return root;
    }

    private static DemoOptions Read(ParseResult parsed) => new()
    {
        For = parsed.GetValue(For),
        Replay = parsed.GetValue(Replay),
        Robots = parsed.GetValue(Robots),
        RobotsOnly = parsed.GetValue(RobotsOnly),
        Rate = parsed.GetValue(Rate),
        Speed = parsed.GetValue(Speed),
        Seed = parsed.GetValue(Seed),
        Folder = parsed.GetValue(Folder),
        Keep = parsed.GetValue(Keep),
        Influx = parsed.GetValue(Influx),
        EdgeProgram = parsed.GetValue(EdgeProgram),
        Language = ReadLanguage(parsed.GetRequiredValue(Lang)) ?? Language.Both,
    };

    private static TimeSpan? ReadDuration(ArgumentResult result)
    {
        if (Durations.TryParse(result.Tokens.Single().Value, out var duration))
        {
            return duration;
        }

        result.AddError("--for takes a length of time such as 30s or 2m");
        return null;
    }

    private static Language? ReadLanguage(string text) => text.ToUpperInvariant() switch
    {
        "JA" => Language.Ja,
        "EN" => Language.En,
        "BOTH" => Language.Both,
        _ => null,
    };

    private static void RefuseUnlessLanguage(OptionResult result)
    {
        if (result.Tokens is [var token] && ReadLanguage(token.Value) is null)
        {
            result.AddError($"--lang takes ja, en or both, not '{token.Value}'");
        }
    }

    private static void RefuseUnless(OptionResult result, bool good, string range)
    {
        if (!good)
        {
            result.AddError($"{result.IdentifierToken?.Value ?? result.Option.Name} takes a number {range}");
        }
    }
}
