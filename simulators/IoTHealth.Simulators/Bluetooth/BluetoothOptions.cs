using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using IoTHealth.Simulators.BloodPressureCuff;
using IoTHealth.Simulators.Bluetooth.Gatt;
using IoTHealth.Simulators.CommandLine;
using IoTHealth.Simulators.GlucoseMeter;
using IoTHealth.Simulators.WatchOverRobot;

namespace IoTHealth.Simulators.Bluetooth;

/// <summary>The options that say how Bluetooth devices behave, whatever carries them, and the devices they make.</summary>
internal sealed class BluetoothOptions
{
    private static readonly DateTime FactoryTime = new(2000, 1, 1);
    private readonly Option<DirectoryInfo> _out = Options.Folder("--out", "Folder for <serial>.device.jsonl (cuffs) and <serial>.meter.jsonl (meters).");
    private readonly Option<int> _seed = Options.Whole("--seed", "Same seed and serial: same resident, same chaos.", 1, 0, int.MaxValue);
    private readonly Option<double> _speed = Options.Number("--speed", "Simulated seconds per second of the residents' days; timestamps stay true.", 60, 0.001, 1_000_000);
    private readonly Option<TimeSpan?> _every = Options.OptionalSpan("--every", "A session of two blood pressure measurements at once and then each so long; left out = each morning and evening of the residents' days.");
    private readonly Option<string> _unit = Options.Choice("--unit", "Unit of the cuffs' displays.", "mmHg", "kPa");
    private readonly Option<string> _glucoseUnit = Options.Choice("--glucose-unit", "Unit of the meters' displays.", "mg", "mmol");
    private readonly Option<int> _user = Options.Whole("--user", "The slot the cuffs store under; 255 = unknown.", 1, 0, 255);
    private readonly Option<Duration> _pace = Options.Span("--pace", "From one record of a meter's memory to the next.", TimeSpan.FromMilliseconds(2));
    private readonly Option<Duration> _rest = Options.Span("--rest", "How long a meter sleeps after a connection before it advertises again.", TimeSpan.FromSeconds(10));
    private readonly Option<TimeZoneInfo> _zone = TimeZones.Option("Where the devices are; their own clocks have no zone.");
    private readonly Option<DateTime?> _now = Options.LocalTime("--now", "Local time up to which the meters' memories reach, such as 2026-11-23T12:00; left out = now. Give it when a meter is started again.");

    private readonly Option<TimeSpan?> _for = Options.OptionalSpan("--for", "How long to run; left out = until stopped.");
    private readonly Option<string> _chaos = new("--chaos") { Description = BluetoothChaosText.Words + ".", DefaultValueFactory = _ => "" };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _out, _seed, _speed, _every, _unit, _glucoseUnit, _user, _pace, _rest, _zone, _now, _for, _chaos })
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Makes the devices and opens their accounts.</summary>
    public DeviceSet Make(ParseResult parsed, IReadOnlyList<BluetoothDevice> devices, TimeProvider clock)
    {
        var set = new DeviceSet();
        try
        {
            foreach (var device in devices)
            {
                set.Add(device.Kind == BluetoothKind.BloodPressureCuff ? MakeCuff(parsed, device, set, clock) : MakeMeter(parsed, device, set, clock));
            }

            return set;
        }
        catch
        {
            set.Dispose();
            throw;
        }
    }

    /// <summary>Runs until the end of <c>--for</c> or a stop, both of which are good ends.</summary>
    public async Task RunAsync(ParseResult parsed, Func<CancellationToken, Task> run, TimeProvider clock, CancellationToken stop)
    {
        using var ended = new CancellationTokenSource(parsed.GetValue(_for) ?? Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, ended.Token);
        try
        {
            await run(either.Token);
        }
        catch (OperationCanceledException) when (either.IsCancellationRequested)
        {
            // What was said until now stands in the accounts.
        }
    }

    private Cuff MakeCuff(ParseResult parsed, BluetoothDevice device, DeviceSet set, TimeProvider clock)
    {
        var chaos = Chaos(parsed);
        var account = set.Keep(CuffAccount.Open(Folder(parsed), device.Identity.Serial));
        var settings = new CuffSettings(
            Seed(parsed, device),
            parsed.GetValue(_unit) == "kPa" ? PressureUnit.Kilopascal : PressureUnit.MillimetreOfMercury,
            parsed.GetValue(_speed),
            parsed.GetValue(_every),
            parsed.GetValue(_user),
            chaos);
        var shown = new DeviceClock(clock, parsed.GetRequiredValue(_zone), chaos.HasFlag(BluetoothChaos.UnsetClock));
        return new Cuff(device.Identity, settings, shown, account, clock);
    }

    private BleGlucoseMeter MakeMeter(ParseResult parsed, BluetoothDevice device, DeviceSet set, TimeProvider clock)
    {
        var (seed, chaos) = (Seed(parsed, device), Chaos(parsed));
        var now = parsed.GetValue(_now) ?? new DeviceClock(clock, parsed.GetRequiredValue(_zone), unset: false).Now;

        // Meters count whole minutes; so do their errors. An unset one was switched on when its oldest result was made.
        var unset = chaos.HasFlag(BluetoothChaos.UnsetClock);
        var unit = parsed.GetValue(_glucoseUnit) == "mmol" ? GlucoseUnit.Molar : GlucoseUnit.Mass;
        var skew = unset ? FactoryTime - MeterMemory.Recall(seed, device.Records, unit, now, TimeSpan.Zero)[0].Time : TimeSpan.Zero;
        var memory = MeterMemory.Recall(seed, device.Records, unit, now + skew, skew);
        var account = set.Keep(MeterAccount.Open(Folder(parsed), device.Identity.Serial, memory));
        return new BleGlucoseMeter(
            device.Identity, new BleMeterSettings(seed, parsed.GetValue(_pace).Span, parsed.GetValue(_rest).Span, chaos), memory, account, clock);
    }

    private ulong Seed(ParseResult parsed, BluetoothDevice device) => Noise.Seed((ulong)parsed.GetValue(_seed), device.Identity.Serial);

    private string Folder(ParseResult parsed) => ReadableFile.Folder(parsed.GetRequiredValue(_out));

    private BluetoothChaos Chaos(ParseResult parsed) => BluetoothChaosText.Parse(parsed.GetValue(_chaos) ?? "");
}
