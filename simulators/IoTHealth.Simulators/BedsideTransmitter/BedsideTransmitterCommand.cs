using System.CommandLine;
using System.Globalization;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.Mqtt;
using IoTHealth.Simulators.Serial;

namespace IoTHealth.Simulators.BedsideTransmitter;

/// <summary><c>bedside-transmitter</c>: implanted heart devices whose transmitters report by IHE IDCO.</summary>
internal static class BedsideTransmitterCommand
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(5);

    private static readonly Option<string?> Mllp = new("--mllp") { Description = "The gateway's MLLP listener, HOST:PORT; TLS with --ca, plain without.", HelpName = "host:port" };
    private static readonly Option<FileInfo?> Line = new("--line") { Description = "MLLP over a serial line, a pseudo-terminal it makes: symbolic link to it, for one implant." };
    private static readonly Option<string?> Mqtt = new("--mqtt") { Description = "The gateway's MQTT port, HOST:PORT; needs --ca and --devices with key and passwordFile.", HelpName = "host:port" };
    private static readonly Option<FileInfo?> Ca = new("--ca") { Description = "PEM file of the only authority the transmitters trust." };
    private static readonly Option<FileInfo?> Devices = new("--devices") { Description = "JSON list of {serial, model, kind, key, passwordFile}, one transmitter for each; the last two for MQTT." };
    private static readonly Option<string> Serial = new("--serial") { Description = "Serial number, without --devices.", DefaultValueFactory = _ => "P-0001" };
    private static readonly Option<string> Model = new("--model") { Description = "Model, without --devices.", DefaultValueFactory = _ => "Pace-DR" };
    private static readonly Option<string> Kind = new("--kind") { Description = $"{ImplantKinds.Names}, without --devices.", DefaultValueFactory = _ => "ddd" };
    private static readonly Option<DirectoryInfo> Out = Options.Folder("--out", "Folder for <serial>.device.jsonl; also carries each implant's life over restarts.");
    private static readonly Option<int> Seed = Options.Whole("--seed", "Same seed, serial, --every and --speed: same history.", 1, 0, int.MaxValue);
    private static readonly Option<Duration> Every = Options.Span("--every", "Between two reports. Under a second the implant's clock runs ahead: it counts whole ones.", TimeSpan.FromSeconds(10));
    private static readonly Option<double> Speed = Options.Number("--speed", "Simulated seconds of the implant's life per second; its clock stays true.", 86_400, 0.001, 1_000_000_000);
    private static readonly Option<TimeZoneInfo> Zone = TimeZones.Option("Where the implants' clocks are right.");
    private static readonly Option<int> Count = Options.Whole("--count", "Reports of each implant; 0 = no bound.", 0, 0, int.MaxValue);
    private static readonly Option<TimeSpan?> For = Options.OptionalSpan("--for", "How long to measure; left out = until stopped.");
    private static readonly Option<Duration> AnswerWithin = Options.Span("--answer-within", "A message without answer for so long ends the connection and is sent again.", TimeSpan.FromSeconds(30));
    private static readonly Option<Duration> Drain = Options.Span("--drain", "How long to wait for acknowledgements after measuring has ended.", TimeSpan.FromSeconds(60));
    private static readonly Option<string> Chaos = new("--chaos")
    {
        Description = "cut=P,repeat=P,garbage=P,line-feeds=P,set-ids=P,no-offsets=P,again=P,battery-time=P,fracture-after=REPORTS (P from 0 to 1, for each message; no-offsets for each implant).",
        DefaultValueFactory = _ => "",
    };

    public static Command Create(TimeProvider clock)
    {
        var command = new Command("bedside-transmitter", "Pacemakers and defibrillators whose transmitters report by HL7 v2, IHE IDCO (exit 3: not all was acknowledged).")
        {
            Mllp, Line, Mqtt, Ca, Devices, Serial, Model, Kind, Out, Seed, Every, Speed, Zone, Count, For, AnswerWithin, Drain, Chaos,
        };
        command.SetAction((parsed, stop) => RunAsync(parsed, clock, stop));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, TimeProvider clock, CancellationToken stop)
    {
        using var logs = StandardErrorLog.Create();
        var (settings, devices, log) = (Settings(parsed), Implants(parsed), logs.CreateLogger<Transmitter>());
        var (ready, linkOf) = Link(parsed, settings, devices, clock, log);
        var accounts = devices.Select(device => TransmitterAccount.Open(settings.Out, device.Implant.Serial)).ToArray();
        try
        {
            Transmitter[] transmitters =
            [
                .. devices.Zip(accounts, (device, account) =>
                    new Transmitter(device.Implant, settings, account, (tally, random) => linkOf(device, tally, random), clock, log)),
            ];
            var output = parsed.InvocationConfiguration.Output;
            await output.WriteLineAsync("READY " + ready);
            await output.FlushAsync(stop);
            return await RunAsync(transmitters, settings.For, output, clock, stop);
        }
        finally
        {
            Array.ForEach(accounts, account => account.Dispose());
        }
    }

    private static async Task<int> RunAsync(Transmitter[] transmitters, TimeSpan? length, TextWriter output, TimeProvider clock, CancellationToken stop)
    {
        using var ended = length is { } given ? new CancellationTokenSource(given, clock) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        var drained = await Task.WhenAll(transmitters.Select(transmitter => Task.Run(() => transmitter.RunAsync(either.Token), CancellationToken.None)));
        foreach (var (serial, tally) in transmitters.Select(transmitter => (transmitter.Serial, transmitter.Tally)))
        {
            await output.WriteLineAsync(
                $"{serial}: reports {tally.Reports}, measurements {tally.Measured}, acknowledged {tally.Acknowledged}, reports refused {tally.Refused}, repeated {tally.Repeated}, cut {tally.Cut}");
        }

        return drained.All(all => all) ? ExitCode.Success : ExitCode.NotDrained;
    }

    private static (string Ready, Func<TransmitterDevice, TransmitterTally, Random, IReportLink> LinkOf) Link(
        ParseResult parsed, TransmitterSettings settings, IReadOnlyList<TransmitterDevice> devices, TimeProvider clock, ILogger log)
    {
        var authority = parsed.GetValue(Ca) is { } file ? TrustedAuthority.Read(file.FullName) : null;
        switch (parsed.GetValue(Mllp), parsed.GetValue(Line), parsed.GetValue(Mqtt))
        {
            case ({ } address, null, null):
                var (host, port) = Address("--mllp", address);
                return ($"mllp={address}", (_, tally, random) => Framed(new TcpPort(host, port, authority, clock), tally, random));
            case (null, { } link, null) when devices.Count == 1:
                var line = new DevicePort(link.FullName, 0, clock);
                return ($"line={line.Path}", (_, tally, random) => Framed(new LinePort(line), tally, random));
            case (null, null, { } address) when authority is not null && devices.All(device => device.Credential is not null):
                if (settings.Chaos is { Cut: > 0 } or { Garbage: > 0 })
                {
                    throw new UsageException("--chaos: cut and garbage are of MLLP, not of --mqtt");
                }

                var (broker, gate) = Address("--mqtt", address);
                return ($"mqtt={address}", (device, _, _) => new MqttLink(new Broker(broker, gate, authority, KeepAlive, settings.AnswerWithin), device.Credential!, log));
            default:
                throw new UsageException("One of --mllp, --line (for one implant) and --mqtt (with --ca, and key and passwordFile for each of --devices) is needed.");
        }

        MllpLink Framed(IMllpPort port, TransmitterTally tally, Random random) => new(port, settings.AnswerWithin, settings.Chaos, tally, random, clock, log);
    }

    private static (string Host, int Port) Address(string option, string text) =>
        text.LastIndexOf(':') is > 0 and var at && int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535
            ? (text[..at], port)
            : throw new UsageException($"{option}: '{text}' is not HOST:PORT");

    private static IReadOnlyList<TransmitterDevice> Implants(ParseResult parsed) => parsed.GetValue(Devices) is { } list
        ? TransmitterDevice.ReadAll(list.FullName)
        : [new TransmitterDevice(TransmitterDevice.Described("--serial, --model, --kind", parsed.GetValue(Serial), parsed.GetValue(Model), parsed.GetValue(Kind)), null)];

    private static TransmitterSettings Settings(ParseResult parsed) => new(
        ReadableFile.Folder(parsed.GetRequiredValue(Out)),
        (ulong)parsed.GetValue(Seed),
        parsed.GetValue(Every).Span,
        parsed.GetValue(Speed),
        parsed.GetRequiredValue(Zone),
        parsed.GetValue(Count) is > 0 and var count ? count : null,
        parsed.GetValue(For),
        parsed.GetValue(Drain).Span,
        parsed.GetValue(AnswerWithin).Span,
        TransmitterChaos.Parse(parsed.GetValue(Chaos) ?? ""));
}
