using System.CommandLine;
using IoTHealth.Hostile;
using IoTHealth.Hostile.Devices;
using IoTHealth.Hostile.Mqtt;

var cases = new Option<int>("--cases") { Description = "Hostile packets, byte strings and values, of each kind", DefaultValueFactory = _ => 100_000 };
var seed = new Option<int>("--seed") { Description = "Same seed: same attacks", DefaultValueFactory = _ => 1 };
var only = new Option<string[]>("--only") { Description = "Of mqtt, serial and gatt; all when left out", AllowMultipleArgumentsPerToken = true };
var root = new RootCommand(
    "Attacks a running gateway's MQTT door, and the drivers of serial lines and Bluetooth, while a neighbour goes on publishing. Exit code 0: nothing "
    + "crashed, the neighbour was answered in time, memory kept its bound; 1: not so; 2: bad usage")
{
    cases, seed, only,
};
root.SetAction(async (parsed, stop) =>
{
    var chosen = parsed.GetValue(only) ?? [];
    (string Name, Func<Task<HostileReport>> Run)[] attacks =
    [
        ("mqtt", () => MqttAttack.RunAsync(parsed.GetValue(cases), parsed.GetValue(seed), TimeProvider.System, stop)),
        ("serial", () => SerialAttack.RunAsync(parsed.GetValue(cases), parsed.GetValue(seed), stop)),
        ("gatt", () => GattAttack.RunAsync(parsed.GetValue(cases), parsed.GetValue(seed), stop)),
    ];
    var failed = 0;
    foreach (var (name, run) in attacks.Where(attack => chosen.Length == 0 || chosen.Contains(attack.Name)))
    {
        var report = await run();
        Console.WriteLine($"{name}: {report}");
        failed += report.Mistakes.Count;
    }

    return failed == 0 ? 0 : 1;
});
var given = root.Parse(args);
if (given.Errors.Count == 0)
{
    return await given.InvokeAsync();
}

Console.Error.WriteLine(string.Join(Environment.NewLine, given.Errors.Select(error => error.Message + " (see --help)")));
return 2;
