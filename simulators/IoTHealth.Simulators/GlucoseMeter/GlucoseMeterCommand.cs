using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Serial;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.GlucoseMeter;

/// <summary><c>glucose-meter</c>: a meter that uploads its memory over a serial line.</summary>
internal static class GlucoseMeterCommand
{
    private static readonly Option<string> Serial = new("--serial") { Description = "Serial number.", DefaultValueFactory = _ => "C-0001" };
    private static readonly Option<string> Model = new("--model")
    {
        Description = @"NAME, NAME^VERSIONS (sends no SKU) or NAME^VERSIONS^SKU.",
        DefaultValueFactory = _ => MeterProduct.Standard,
    };

    private static readonly Option<int> Records = Options.Whole("--records", "Results in the memory.", 480, 1, MeterMemory.MostRecords);
    private static readonly Option<string> Unit = Options.Choice("--unit", "Unit of the display.", "mg", "mmol");
    private static readonly Option<int> Seed = Options.Whole("--seed", "Same seed, serial and --now: same memory.", 1, 0, int.MaxValue);
    private static readonly Option<DateTime?> Now = Options.LocalTime("--now", "True local time at the start, such as 2026-11-23T12:00; left out = now in --zone.");

    private static readonly Option<TimeZoneInfo> Zone = TimeZones.Option("Where the meter is; its own clock has no zone.");
    private static readonly Option<Duration> Skew = new("--clock-skew")
    {
        Description = "Meter clock minus true time, whole minutes count: 5m, -2h.",
        HelpName = "duration",
        DefaultValueFactory = _ => new Duration(TimeSpan.Zero),
        CustomParser = ReadSkew,
    };

    private static readonly Option<FileInfo?> Link = new("--link") { Description = "Symbolic link to the terminal, there while the meter is plugged in; left out = none." };
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for <serial>.meter.jsonl.");
    private static readonly Option<int> Baud = Options.Whole("--baud", "The line's speed, 8N1; 0 = as fast as it can.", 9600, 0, 4_000_000);
    private static readonly Option<string> AttachBy = Options.Choice("--attach", "enq: ENQ, as ASTM E1381 says; header: EOT and the header until answered, as Contour meters do.", "enq", "header");
    private static readonly Option<Duration> Answer = Options.Span("--answer-within", "Silence after which a frame is sent again, six times at most.", TimeSpan.FromSeconds(15));
    private static readonly Option<Duration> Rest = Options.Span("--rest", "Between headers nobody answers, before beginning anew, and after each upload.", TimeSpan.FromSeconds(3));
    private static readonly Option<int> Uploads = Options.Whole("--uploads", "How often it uploads its memory.", 1, 1, 1_000_000);
    private static readonly Option<TimeSpan?> For = Options.OptionalSpan("--for", "How long to try; left out = until all is uploaded.");
    private static readonly Option<string> Chaos = new("--chaos")
    {
        Description = "corrupt=P,duplicate=P,garbage=P,pause=P,unplug-after=FRAMES (P from 0 to 1, for each frame).",
        DefaultValueFactory = _ => "",
    };

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("glucose-meter", "A glucose meter that uploads its memory over a serial line, a pseudo-terminal it makes (exit 3: not all uploads were completed).")
        {
            Serial, Model, Records, Unit, Seed, Now, Zone, Skew, Link, Out, Baud, AttachBy, Answer, Rest, Uploads, For, Chaos,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var logs = StandardErrorLog.Create();
        var settings = Settings(parsed, clock);
        if (settings.Chaos.UnplugAfter is not null && parsed.GetValue(Link) is null)
        {
            throw new UsageException("--chaos: unplug-after needs --link, or nobody finds the meter again");
        }

        var memory = MeterMemory.Recall(settings.Seed, settings.Records, settings.Unit, settings.Now, settings.Skew);
        using var account = MeterAccount.Open(ReadableFile.Folder(parsed.GetRequiredValue(Out)), settings.Serial, memory);
        using var port = new DevicePort(parsed.GetValue(Link)?.FullName, parsed.GetValue(Baud), clock);
        var meter = new Meter(settings, memory, port, account, clock, logs.CreateLogger<Meter>());
        var output = parsed.InvocationConfiguration.Output;
        await output.WriteLineAsync($"READY serial={port.Path}");
        await output.FlushAsync(stop);
        await RunAsync(meter, parsed.GetValue(For), clock, stop);
        await TellAsync(output, settings, meter.Tally);
        return meter.Tally.Uploads == settings.Uploads ? ExitCode.Success : ExitCode.NotDrained;
    }

    private static async Task RunAsync(Meter meter, TimeSpan? length, TimeProvider clock, CancellationToken stop)
    {
        using var ended = length is { } given ? new CancellationTokenSource(given, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        try
        {
            await meter.RunAsync(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // What was completed until now is in the tally.
        }
    }

    private static Task TellAsync(TextWriter output, MeterSettings settings, MeterTally tally) => output.WriteLineAsync(
        $"{settings.Serial}: uploads {tally.Uploads} of {settings.Uploads}, frames {tally.Frames}, repeated {tally.Repeated}, uploads given up {tally.GivenUp}, unplugged {tally.Unplugged}");

    private static MeterSettings Settings(ParseResult parsed, TimeProvider clock)
    {
        var serial = parsed.GetRequiredValue(Serial);
        if (serial.Length == 0 || !MeterProduct.IsPlain(serial) || serial.AsSpan().ContainsAny('/', '\\'))
        {
            throw new UsageException($"--serial: '{serial}' cannot stand in a record or in a file's name");
        }

        // Meters count whole minutes; so do their errors.
        var skew = TimeSpan.FromMinutes(Math.Round(parsed.GetValue(Skew).Span.TotalMinutes));
        var now = parsed.GetValue(Now) ?? TimeZoneInfo.ConvertTime(clock.GetUtcNow(), parsed.GetRequiredValue(Zone)).DateTime;
        return new MeterSettings(
            serial,
            MeterProduct.Parse(parsed.GetRequiredValue(Model)),
            parsed.GetValue(Unit) == "mmol" ? GlucoseUnit.Molar : GlucoseUnit.Mass,
            parsed.GetValue(Records),
            Noise.Seed((ulong)parsed.GetValue(Seed), serial),
            now + skew,
            skew,
            parsed.GetValue(AttachBy) == "enq" ? Attach.Enq : Attach.Header,
            parsed.GetValue(Uploads),
            parsed.GetValue(Answer).Span,
            parsed.GetValue(Rest).Span,
            MeterChaos.Parse(parsed.GetValue(Chaos) ?? ""));
    }

    private static Duration ReadSkew(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!Durations.TryParse(text, out var skew))
        {
            result.AddError($"'{text}' is not a duration such as 5m or -2h.");
        }

        return new Duration(skew);
    }
}
