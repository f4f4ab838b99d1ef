using System.Text.RegularExpressions;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>The gateway program running in a guest, with its journal in the guest's memory.</summary>
internal sealed class GuestEdge
{
    private const string Gateway = "gw-01";
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Machine machine;
    private int copies;

    private GuestEdge(Machine machine) => this.machine = machine;

    private string Log => Path.Combine(machine.Out, "edge.log");

    /// <summary>Starts it and returns once it serves.</summary>
    /// <param name="devices">The list below <c>devices:</c> in edge.yaml.</param>
    public static async Task<GuestEdge> StartAsync(Machine machine, string devices)
    {
        Configure(Path.Combine(machine.Out, "setup"), devices);
        var program = BuiltPrograms.InGuest("IoTHealth.Edge");
        await machine.RunAsync($"cp -r /out/setup /run/edge && {{ {program} run --config /run/edge/edge.yaml >/out/edge.out 2>/out/edge.log & echo $! >/run/edge/pid; }}");
        await Eventually.SeesAsync(
            "the gateway in the guest serves",
            _ => File.ReadAllTextAsync(Path.Combine(machine.Out, "edge.out"), CancellationToken.None),
            said => said.Contains("READY", StringComparison.Ordinal),
            Patience);
        return new GuestEdge(machine);
    }

    /// <summary>Waits until it has logged a text so many times.</summary>
    public Task LogsAsync(string text, int times = 1) => Eventually.SeesAsync(
        $"the gateway in the guest logs '{text}' {times} times",
        _ => Task.FromResult(Regex.Count(File.ReadAllText(Log), Regex.Escape(text))), count => count >= times, Patience);

    /// <summary>What the journal holds of a device, as after a power cut at this moment; of each measurement the newest revision.</summary>
    public async Task<IReadOnlyList<Measurement>> JournalAsync(DeviceId device)
    {
        var copy = $"journal-{++copies}";
        await machine.RunAsync($"kill -STOP $(cat /run/edge/pid); cp -r /run/edge/data /out/{copy}; kill -CONT $(cat /run/edge/pid); rm -f /out/{copy}/*-shm");
        await using var journal = SqliteJournal.Open(new JournalOptions { Folder = Path.Combine(machine.Out, copy) }, Gateway, TimeProvider.System);
        return
        [
            .. journal.Read(1, journal.Head, MostEntries, int.MaxValue)
                .Where(entry => entry.Kind == EntryKind.Measurement).Select(Decode).Where(measurement => measurement.Device == device)
                .GroupBy(measurement => measurement.Id).Select(revisions => revisions.Last()),
        ];
    }

    /// <summary>The same, once it holds so many.</summary>
    public Task<IReadOnlyList<Measurement>> JournalAsync(DeviceId device, int atLeast) => Eventually.SeesAsync(
        $"{atLeast} measurements of {device} are stored", _ => JournalAsync(device), stored => stored.Count >= atLeast, Patience, TimeSpan.FromSeconds(2));

    private static Measurement Decode(Entry entry) =>
        WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason) ? measurement : throw new InvalidDataException(reason);

    private static void Configure(string setup, string devices)
    {
        Directory.CreateDirectory(setup);
        using var certificates = new TestCertificates(setup, TimeProvider.System);
        certificates.Issue("edge");
        File.WriteAllText(Path.Combine(setup, "edge.yaml"), $$"""
            gateway: {{Gateway}}
            data: data
            timeZone: Asia/Tokyo
            mqtt: { address: 127.0.0.1, port: 0, certificate: edge.pem, key: edge.key }
            api: { address: 127.0.0.1, port: 0 }
            devices:
            {{devices}}
            """);
    }
}
