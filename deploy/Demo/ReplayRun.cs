using System.Text.Json.Nodes;
using IoTHealth.Demo.Facilities;
using IoTHealth.Demo.Running;
using IoTHealth.Demo.Watching;

namespace IoTHealth.Demo;

/// <summary>Plays a recording through the running edge and prints what became of it.</summary>
internal sealed class ReplayRun(Stack stack, Screen screen)
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromMinutes(2);

    /// <summary>The exit code of the replay: 0 = every frame was acknowledged.</summary>
    public async Task<int> RunAsync(string recording, double speed, CancellationToken end)
    {
        Console.WriteLine($"replaying {recording} …");
        var replay = await screen.ShowWhileAsync(stack.ReplayAsync(recording, speed), end);
        Console.Error.Write(replay.Errors);
        Console.Write(replay.Output);
        await stack.DrainAsync(DrainPatience, new DrainProgress()).WaitAsync(end);
        await PrintQuarantineAsync("edge", stack.EdgeApi, end);
        await PrintQuarantineAsync("cloud", stack.CloudApi, end);
        PrintObservations();
        return replay.ExitCode;
    }

    private static async Task PrintQuarantineAsync(string name, LocalApi api, CancellationToken end)
    {
        var quarantined = await api.GetAsync<JsonArray>("quarantine", end);
        Console.WriteLine($"in the {name}'s quarantine: {quarantined.Count}");
        foreach (var entry in quarantined)
        {
            Console.WriteLine("  " + Quarantined.Line(entry));
        }
    }

    private void PrintObservations()
    {
        var counts = StoredObservations.CountBySerial(stack.Folder.FhirFile);
        Console.WriteLine("Observations");
        foreach (Robot device in stack.Facility.Robots)
        {
            Console.WriteLine($"  {device.Key,-24}{counts.GetValueOrDefault(device.Serial)}");
        }
    }
}
