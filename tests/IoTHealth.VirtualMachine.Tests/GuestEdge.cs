using System.Text.RegularExpressions;
using IoTHealth.Edge.Journal;
using IoTHealth.Measurements;
using IoTHealth.Testing;
using IoTHealth.Testing.VirtualMachine;

namespace IoTHealth.VirtualMachine.Tests;

/// <summary>The gateway program running in a guest, with its journal in the guest's memory; both are copied out at the end.</summary>
internal sealed class GuestEdge
{
    private const string Gateway = "gw-01";
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(120);

    private readonly Machine machine;
    private readonly string name;

    private GuestEdge(Machine machine, string name) => (this.machine, this.name) = (machine, name);

    private string Shared => Path.Combine(machine.Out, name);

    private string Log => Path.Combine(Shared, "edge.log");

    /// <summary>Starts it and returns once it serves.</summary>
    /// <param name="name">A name for its folders, so that one machine may run several, one after the other.</param>
    /// <param name="devices">The list below <c>devices:</c> in edge.yaml.</param>
    public static async Task<GuestEdge> StartAsync(Machine machine, string name, string devices)
    {
        var edge = new GuestEdge(machine, name);
        edge.Configure(devices);
        var program = BuiltPrograms.InGuest("IoTHealth.Edge");
        await machine.RunAsync(
            $"cp -r /out/{name}/setup /run/{name} && {{ {program} run --config /run/{name}/edge.yaml >/out/{name}/edge.out 2>/out/{name}/edge.log & echo $! >/run/{name}/pid; }}");
        await Eventually.SeesAsync(
            "the gateway in the guest serves", _ => File.ReadAllTextAsync(edge.Shared + "/edge.out", CancellationToken.None), said => said.Contains("READY", StringComparison.Ordinal), Patience);
        return edge;
    }

    /// <summary>Waits until it has logged a text so many times.</summary>
    public Task LogsAsync(string text, int times = 1) => Eventually.SeesAsync(
        $"the gateway in the guest logs '{text}' {times} times",
        _ => Task.FromResult(Regex.Count(File.ReadAllText(Log), Regex.Escape(text))), count => count >= times, Patience);

    /// <summary>Ends it and returns the measurements of its journal.</summary>
    public async Task<IReadOnlyList<Measurement>> StopAsync()
    {
        await machine.RunAsync($"kill $(cat /run/{name}/pid); while kill -0 $(cat /run/{name}/pid) 2>/dev/null; do usleep 50000; done; cp -r /run/{name}/data /out/{name}/data");
        await using var journal = SqliteJournal.Open(new JournalOptions { Folder = Path.Combine(Shared, "data") }, Gateway, TimeProvider.System);
        return [.. journal.Read(1, journal.Head, MostEntries, int.MaxValue).Where(entry => entry.Kind == EntryKind.Measurement).Select(Decode)];
    }

    private static Measurement Decode(Entry entry) =>
        WireForm.TryDecodeMeasurement(entry.Payload, out var measurement, out var reason) ? measurement : throw new InvalidDataException(reason);

    private void Configure(string devices)
    {
        var setup = Directory.CreateDirectory(Path.Combine(Shared, "setup")).FullName;
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
