using System.Diagnostics;
using System.Globalization;

namespace IoTHealth.Soak;

/// <summary>
/// Stored data is damaged or replaced by an old copy, again and again, and the house goes on from it. Everything acknowledged was
/// sent before, so that nothing may be missing afterwards: nothing new is taken for old, nothing old for new, and the cloud asks
/// again for what it misses.
/// </summary>
/// <param name="trial">With its servers running.</param>
public sealed class Restores(Trial trial, Random chance, TextWriter output)
{
    private const int MegabyteBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private string JournalFile => Path.Combine(trial.EdgeData, "journal.db");

    public async Task RunAsync(IEnumerable<Damage> rounds)
    {
        foreach (var damage in rounds)
        {
            var begun = Stopwatch.GetTimestamp();
            var what = await (damage switch
            {
                Damage.EdgeOfYesterday => RestoreEdgeAsync(),
                Damage.LastMegabyteLost => HurtJournalAsync(LoseLastMegabyte),
                Damage.BitFlipped => HurtJournalAsync(FlipBit),
                _ => RestoreCloudAsync(),
            });
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{damage}: {what}, {Stopwatch.GetElapsedTime(begun).TotalSeconds:0.0} s"));
        }

        await LoadAsync();
    }

    private async Task<string> RestoreEdgeAsync()
    {
        await LoadAsync();
        await trial.Stack.Edge.StopAsync();
        FolderCopy.Keep(trial.EdgeData);
        await trial.Stack.Edge.StartAsync();
        var kept = await trial.HeadAsync();
        await LoadAsync();
        var head = await trial.HeadAsync();
        await trial.Stack.Edge.StopAsync();
        FolderCopy.Restore(trial.EdgeData);
        await trial.Stack.Edge.StartAsync();
        return string.Create(CultureInfo.InvariantCulture, $"from position {head} back to {kept}");
    }

    // The crash before leaves a write-ahead log beside the file, as most crashes do.
    private async Task<string> HurtJournalAsync(Func<string> hurt)
    {
        await LoadAsync();
        await (chance.Next(2) == 0 ? trial.Stack.Edge.KillAsync() : trial.Stack.Edge.StopAsync());
        var what = hurt();
        await trial.Stack.Edge.StartAsync();
        return what;
    }

    private string LoseLastMegabyte()
    {
        using var file = new FileStream(JournalFile, FileMode.Open);
        var length = file.Length;
        file.SetLength(length - Math.Min(MegabyteBytes, length / 2));
        return string.Create(CultureInfo.InvariantCulture, $"{length} bytes cut to {file.Length}");
    }

    private string FlipBit()
    {
        using var file = new FileStream(JournalFile, FileMode.Open);
        var (place, bit) = (chance.NextInt64(file.Length), chance.Next(8));
        file.Position = place;
        var value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ (1 << bit)));
        return string.Create(CultureInfo.InvariantCulture, $"bit {bit} of byte {place} of {file.Length}");
    }

    // While the record server is away the readings lie in the cloud's log alone.
    private async Task<string> RestoreCloudAsync()
    {
        await LoadAsync();
        await trial.Stack.Cloud.StopAsync();
        FolderCopy.Keep(trial.Stack.Folder.File("cloud-data"));
        await trial.Stack.FhirReceiver.StopAsync();
        await trial.Stack.Cloud.StartAsync();
        var before = await trial.HeadAsync();
        trial.Stack.StartRobots();
        await trial.GrowsAsync(Patience);
        await trial.StopRobotsAsync();
        await trial.UplinkedAsync(Patience);
        var head = await trial.HeadAsync();
        await trial.Stack.Cloud.StopAsync();
        FolderCopy.Restore(trial.Stack.Folder.File("cloud-data"));
        await trial.Stack.FhirReceiver.StartAsync();
        await trial.Stack.Cloud.StartAsync();
        await trial.Stack.DrainAsync(Patience);
        return string.Create(CultureInfo.InvariantCulture, $"the cloud forgot positions {before + 1} to {head}");
    }

    private async Task LoadAsync()
    {
        trial.Stack.StartRobots();
        await trial.GrowsAsync(Patience);
        await trial.GrowsAsync(Patience);
        await trial.StopRobotsAsync();
        await trial.Stack.DrainAsync(Patience);
    }
}
